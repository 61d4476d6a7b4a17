// The little language in which the contract suite is written: a fresh store and what one does.
// Thread: one at a time, but for the tests that say otherwise. Errors: failed checks.
#pragma once

#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/seen_event.hpp"
#include "tests/support/store_under_test.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace firn::test {

class GivenAStore {
public:
    explicit GivenAStore(const StoreOptions& options = {})
        : under_test_(make_store_under_test(options)) {}

    EventStore& store() { return under_test_->store(); }
    void reopen() { under_test_->reopen(); }
    void crash_and_reopen() { under_test_->crash_and_reopen(); }

    // One transaction in a commit of its own.
    TransactionOutcome commit(std::initializer_list<StreamWrite> writes) {
        const Transaction one[] = {transaction(writes)};
        auto outcomes = store().commit(one);
        BOOST_REQUIRE_EQUAL(outcomes.size(), 1u);
        return std::move(outcomes.front());
    }
    // One append that must succeed.
    StreamOutcome append(const StreamName& stream, const std::vector<TestEvent>& events) {
        const auto outcome = commit({appending(stream, events)});
        BOOST_REQUIRE_MESSAGE(!outcome.error, outcome.error.message());
        BOOST_REQUIRE_EQUAL(outcome.streams.size(), 1u);
        return outcome.streams.front();
    }
    void cut(const StreamName& stream, Version up_to) {
        const auto done = store().cut(stream, up_to);
        BOOST_REQUIRE_MESSAGE(done.has_value(), done.error().message());
    }
    void delete_stream(const StreamName& stream) {
        const auto outcome = commit({deleting(stream)});
        BOOST_REQUIRE_MESSAGE(!outcome.error, outcome.error.message());
    }
    void reclaim_all() {
        for (bool more = true; more;) {
            const auto progress = store().reclaim(1000);
            BOOST_REQUIRE_MESSAGE(progress.has_value(), progress.error().message());
            more = progress->more;
        }
    }

    StreamPage read(const StreamName& stream, const StreamQuery& query = {}) {
        auto page = store().read(stream, query);
        BOOST_REQUIRE_MESSAGE(page.has_value(), page.error().message());
        return std::move(*page);
    }
    std::vector<SeenEvent> read_all(const StreamName& stream) {
        return seen(read(stream, {.limit = 1'000'000, .bytes_max = 1u << 30}));
    }
    // The versions of one page, for tests about order and limits.
    std::vector<Version> versions(const StreamName& stream, const StreamQuery& query) {
        std::vector<Version> found;
        for (const auto& event : read(stream, query).events) {
            found.push_back(event.version);
        }
        return found;
    }
    error_code read_error(const StreamName& stream, const StreamQuery& query = {}) {
        const auto page = store().read(stream, query);
        return page ? error_code() : page.error();
    }

    FeedPage feed(const FeedQuery& query = {}) {
        auto page = store().feed(query);
        BOOST_REQUIRE_MESSAGE(page.has_value(), page.error().message());
        return std::move(*page);
    }
    std::vector<Position> positions(const FeedQuery& query) {
        std::vector<Position> found;
        for (const auto& entry : feed(query).events) {
            found.push_back(entry.event.position);
        }
        return found;
    }
    StreamFacts facts(const StreamName& stream) {
        auto facts = store().facts(stream);
        BOOST_REQUIRE_MESSAGE(facts.has_value(), facts.error().message());
        return std::move(*facts);
    }
    Version head(const StreamName& stream) {
        const auto version = store().head_version(stream);
        BOOST_REQUIRE_MESSAGE(version.has_value(), version.error().message());
        return *version;
    }

private:
    std::unique_ptr<StoreUnderTest> under_test_;
};

inline std::vector<Version> version_list(std::initializer_list<std::uint64_t> numbers) {
    return std::vector<Version>(numbers.begin(), numbers.end());
}
inline std::vector<Position> position_list(std::initializer_list<std::uint64_t> numbers) {
    return std::vector<Position>(numbers.begin(), numbers.end());
}

inline const StreamName order{"order", "1"};
inline const StreamName other{"order", "2"};

// A stream with versions 1 to 3 at positions 1 to 3.
struct GivenAStreamWithThreeEvents : GivenAStore {
    GivenAStreamWithThreeEvents() { append(order, numbered(3)); }
};

}  // namespace firn::test

// The little language of the journaled store's tests: a store in a directory of its own, and what
// may happen to the directory.
// Thread: as EventStore. Errors: failed checks; StorageFailure from opening.
#pragma once

#include "storage/chain_hash.hpp"
#include "storage/journaled/journaled_store.hpp"
#include "tests/support/crash_copy.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/seen_event.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/whole_file.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace firn::test {

namespace fs = std::filesystem;

class GivenADirectory {
public:
    GivenADirectory() {
        config.directory = directory_.path() / "store";
        config.segment_bytes = 64u << 10;
        config.segments = 3;
        config.pending_bytes_max = 1u << 20;
        config.map_bytes = 4u << 20;
        // Nothing settles because time passed, so that a test says when.
        config.settle_after = std::chrono::hours{24 * 365};
        config.reclaim_in_background = false;
        config.report = [this](std::string_view said) {
            const std::scoped_lock lock(reports_mutex_);
            reports_.emplace_back(said);
        };
    }

    void open() { store_ = open_journaled_store(config); }
    void close() { store_.reset(); }
    void reopen() {
        close();
        open();
    }
    // What is on disk now, as a crash would leave it; closing comes too late to settle anything.
    void crash() {
        crash([] {});
    }
    // `let_go` ends what must end before the store.
    template <class LetGo>
    void crash(const LetGo& let_go) {
        TemporaryDirectory left;
        copy_as_a_crash_leaves_it(store(), config.directory, left.path() / "store");
        let_go();
        close();
        directory_ = std::move(left);
        config.directory = directory_.path() / "store";
    }
    // Why the directory cannot be opened.
    std::pair<StorageFailure::Cause, std::string> refusal() {
        try {
            open();
        } catch (const StorageFailure& failure) {
            return {failure.cause(), failure.what()};
        }
        close();
        return {StorageFailure::Cause::system, "it opened"};
    }

    EventStore& store() { return *store_; }
    bool is_open() const { return store_ != nullptr; }
    const fs::path& path() const { return config.directory; }
    std::vector<std::string> reports() {
        const std::scoped_lock lock(reports_mutex_);
        return reports_;
    }

    TransactionOutcome commit(std::initializer_list<StreamWrite> writes) {
        const Transaction one[] = {transaction(writes)};
        auto outcomes = store().commit(one);
        BOOST_REQUIRE_EQUAL(outcomes.size(), 1u);
        return std::move(outcomes.front());
    }
    StreamOutcome append(const StreamName& stream, const std::vector<TestEvent>& events) {
        const auto outcome = commit({appending(stream, events)});
        BOOST_REQUIRE_MESSAGE(!outcome.error, outcome.error.message());
        return outcome.streams.front();
    }
    void delete_stream(const StreamName& stream) {
        const auto outcome = commit({deleting(stream)});
        BOOST_REQUIRE_MESSAGE(!outcome.error, outcome.error.message());
    }
    void cut(const StreamName& stream, Version up_to) {
        const auto done = store().cut(stream, up_to);
        BOOST_REQUIRE_MESSAGE(done.has_value(), done.error().message());
    }
    std::vector<SeenEvent> read_all(const StreamName& stream) {
        auto page = store().read(stream, {.limit = 1'000'000, .bytes_max = 1u << 30});
        BOOST_REQUIRE_MESSAGE(page.has_value(), page.error().message());
        return seen(*page);
    }
    std::vector<SeenEntry> feed_all() {
        auto page = store().feed({.limit = 1'000'000, .bytes_max = 1u << 30, .scan_max = 1u << 30});
        BOOST_REQUIRE_MESSAGE(page.has_value(), page.error().message());
        return seen(*page);
    }
    // Positions of the feed whose entry is an event of this stream.
    std::size_t events_in_feed(const StreamName& stream) {
        std::size_t found = 0;
        for (const auto& entry : feed_all()) {
            found += entry.stream == stream && entry.kind == FeedEvent::Kind::event ? 1 : 0;
        }
        return found;
    }
    // Everything pending settles, by asking for something that needs it.
    void settle() {
        reopen();
        BOOST_REQUIRE_EQUAL(store().stats().pending_events, 0u);
    }

    // What holds of every store at every moment: versions without a gap, the chain of what was
    // never cut, the feed ascending and made of the streams.
    void check_consistency() {
        std::uint64_t held = 0;
        StreamName after;
        auto list = store().list({.limit = 1'000'000});
        BOOST_REQUIRE(list.has_value());
        for (const auto& facts : list->streams) {
            const auto events = read_all(facts.stream);
            BOOST_TEST_REQUIRE(events.size() == facts.events);
            held += events.size();
            auto version = facts.first_version;
            auto chain = chain_start(facts.stream.category, facts.stream.id);
            auto position = no_position;
            for (const auto& event : events) {
                BOOST_TEST_REQUIRE(event.version == version);
                BOOST_TEST_REQUIRE(event.position > position);
                position = event.position;
                version = version.next();
                chain = chain_next(chain, view(event));
            }
            BOOST_TEST_REQUIRE(version == facts.version.next());
            if (facts.first_version == Version{1}) {
                BOOST_TEST_REQUIRE((chain == facts.chain_hash));
            }
        }
        auto position = no_position;
        std::uint64_t in_feed = 0;
        for (const auto& entry : feed_all()) {
            BOOST_TEST_REQUIRE(entry.event.position > position);
            position = entry.event.position;
            if (entry.kind == FeedEvent::Kind::event) {
                ++in_feed;
            }
        }
        BOOST_TEST_REQUIRE(in_feed == held);
        const auto stats = store().stats();
        BOOST_TEST_REQUIRE(stats.events == held);
        BOOST_TEST_REQUIRE(stats.streams == list->streams.size());
    }

    JournaledConfig config;

private:
    static EventView view(const SeenEvent& event) {
        return {event.id,      event.id_from_client, event.type,
                event.data,    event.metadata,       event.traceparent,
                event.version, event.position,       event.recorded_at};
    }

    TemporaryDirectory directory_;
    std::mutex reports_mutex_;
    std::vector<std::string> reports_;
    std::unique_ptr<EventStore> store_;
};

struct GivenAJournaledStore : GivenADirectory {
    GivenAJournaledStore() { open(); }
};

inline const StreamName order{"order", "1"};
inline const StreamName other{"order", "2"};
inline const StreamName account{"account", "1"};

}  // namespace firn::test

// The contract suite's words for snapshots: a stream with ten events, and what one saves of it.
// Thread: one. Errors: failed checks.
#pragma once

#include "storage/chain_hash.hpp"
#include "tests/contract/given_a_store.hpp"
#include "tests/support/answer.hpp"
#include "tests/support/snapshot_builder.hpp"

namespace firn::test {

class GivenAStreamOfTen : public GivenAStore {
public:
    GivenAStreamOfTen() { append(order, numbered(10)); }

    SnapshotStore& snapshots() { return store().snapshots(); }

    // Does not wait.
    Answer start_saving(const StreamName& stream, const TestSnapshot& wanted,
                        std::uint32_t keep = 2) {
        Answer answer;
        snapshots().save(stream, snapshot_of(wanted), keep, answer.done());
        return answer;
    }
    // Automatic saves wait for others; so another one is asked for that may not wait.
    error_code save_error(const StreamName& stream, const TestSnapshot& wanted,
                          std::uint32_t keep = 2) {
        const auto answer = start_saving(stream, wanted, keep);
        if (wanted.kind == SnapshotKind::automatic && !answer.has_come()) {
            settle_saves();
        }
        return answer.wait();
    }
    void save(const TestSnapshot& wanted, std::uint32_t keep = 2) {
        const auto error = save_error(order, wanted, keep);
        BOOST_REQUIRE_MESSAGE(!error, error.message());
    }
    void save_automatic(std::initializer_list<std::uint64_t> versions, std::uint32_t keep = 2) {
        for (const auto version : versions) {
            save({version, SnapshotKind::automatic}, keep);
        }
    }
    void settle_saves() {
        const StreamName pushing{"pushing", "1"};
        const auto version = append(pushing, numbered(1)).version.value();
        BOOST_REQUIRE(!start_saving(pushing, {version}).wait());
    }
    error_code remove_error(const StreamName& stream, std::uint64_t version) {
        const Answer answer;
        snapshots().remove(stream, Version{version}, answer.done());
        return answer.wait();
    }

    SnapshotLoad load(std::uint64_t at_most = UINT64_MAX, std::uint32_t revision = 1,
                      const StreamName& stream = order) {
        auto load = snapshots().load(stream, Version{at_most}, revision);
        BOOST_REQUIRE_MESSAGE(load.has_value(), load.error().message());
        BOOST_TEST(load->corrupt == 0u);
        return std::move(*load);
    }
    // 0: none.
    Version loaded(std::uint64_t at_most = UINT64_MAX, std::uint32_t revision = 1,
                   const StreamName& stream = order) {
        const auto found = load(at_most, revision, stream);
        return found.snapshot ? found.snapshot->facts.version : no_version;
    }
    std::optional<Snapshot> find(std::uint64_t version, const StreamName& stream = order) {
        auto found = snapshots().find(stream, Version{version});
        BOOST_REQUIRE_MESSAGE(found.has_value(), found.error().message());
        return std::move(*found);
    }
    std::vector<Version> kept(const StreamName& stream = order) {
        auto list = snapshots().list(stream);
        BOOST_REQUIRE_MESSAGE(list.has_value(), list.error().message());
        return versions_of(*list);
    }
    // The chain hash of a stream of which every event is held.
    Hash chain_at(const StreamName& stream, std::uint64_t version) {
        auto chain = chain_start(stream.category, stream.id);
        const auto page =
            read(stream, {.limit = static_cast<std::uint32_t>(version), .bytes_max = 1u << 30});
        for (const auto& event : page.events) {
            chain = chain_next(chain, event);
        }
        return chain;
    }
};

}  // namespace firn::test

// The walk itself under test: each mutant spoils one thing, and every walk must find it.
#include "tests/model/mutant_store.hpp"
#include "tests/model/random_walk.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace firn;
using namespace firn::test;

namespace {

// Whether a walk finds what is wrong with the mutant, for each of a few seeds.
template <class Mutant>
bool is_always_found() {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        MutantUnderTest tested(std::make_unique<Mutant>());
        RandomWalk walk(tested, Random(seed));
        try {
            walk.steps(5000);
            return false;
        } catch (const Mismatch&) {
        }
    }
    return true;
}

Transaction changed(const Transaction& transaction, void (*change)(StreamWrite&)) {
    auto copy = transaction;
    for (auto& write : copy.writes) {
        change(write);
    }
    return copy;
}

class ChangesWrites : public MutantStore {
public:
    explicit ChangesWrites(void (*change)(StreamWrite&)) : change_(change) {}
    std::vector<TransactionOutcome> commit(std::span<const Transaction> group) override {
        std::vector<Transaction> spoiled;
        for (const auto& transaction : group) {
            spoiled.push_back(changed(transaction, change_));
        }
        return sound().commit(spoiled);
    }

private:
    void (*change_)(StreamWrite&);
};

struct ForgetsExpectations final : ChangesWrites {
    ForgetsExpectations() : ChangesWrites([](StreamWrite& write) { write.expected = {}; }) {}
};
struct TakesExistsForAny final : ChangesWrites {
    TakesExistsForAny()
        : ChangesWrites([](StreamWrite& write) {
              if (write.expected.kind == Expected::Kind::exists) {
                  write.expected = Expected::any();
              }
          }) {}
};
struct DeletesNothing final : ChangesWrites {
    DeletesNothing()
        : ChangesWrites([](StreamWrite& write) { write.kind = StreamWrite::Kind::append; }) {}
};

struct CommitsTransactionsInParts final : MutantStore {
    std::vector<TransactionOutcome> commit(std::span<const Transaction> group) override {
        std::vector<TransactionOutcome> outcomes;
        for (const auto& transaction : group) {
            TransactionOutcome joined;
            for (const auto& write : transaction.writes) {
                const Transaction part{{write}};
                const auto outcome = sound().commit({&part, 1}).front();
                joined.error = joined.error ? joined.error : outcome.error;
                joined.streams.insert(joined.streams.end(), outcome.streams.begin(),
                                      outcome.streams.end());
            }
            outcomes.push_back(std::move(joined));
        }
        return outcomes;
    }
};

struct StampsTheEpoch final : MutantStore {
    std::vector<TransactionOutcome> commit(std::span<const Transaction> group) override {
        auto outcomes = sound().commit(group);
        for (auto& outcome : outcomes) {
            for (auto& stream : outcome.streams) {
                stream.recorded_at = {};
            }
        }
        return outcomes;
    }
};

struct LosesTheLastEventOfLongPages final : MutantStore {
    result<StreamPage> read(const StreamName& stream, const StreamQuery& query) const override {
        auto page = sound().read(stream, query);
        if (page && page->events.size() > 50) {
            page->events.pop_back();
        }
        return page;
    }
};

struct ReadsOneTooFar final : MutantStore {
    result<StreamPage> read(const StreamName& stream, const StreamQuery& query) const override {
        auto spoiled = query;
        if (query.direction == Direction::backward && query.from > Version{1}) {
            spoiled.from = Version{query.from.value() - 1};
        }
        return sound().read(stream, spoiled);
    }
};

struct IgnoresBytesMax final : MutantStore {
    result<StreamPage> read(const StreamName& stream, const StreamQuery& query) const override {
        auto spoiled = query;
        spoiled.bytes_max = 8u << 20;
        return sound().read(stream, spoiled);
    }
};

template <class Change>
struct ChangesFeed : MutantStore {
    result<FeedPage> feed(const FeedQuery& query) const override {
        auto spoiled = query;
        Change()(spoiled);
        return sound().feed(spoiled);
    }
};
struct DropTypes {
    void operator()(FeedQuery& query) const { query.types.clear(); }
};
struct DropPrefix {
    void operator()(FeedQuery& query) const { query.id_prefix.clear(); }
};
struct LimitFirst {
    void operator()(FeedQuery& query) const {
        query.scan_max = std::min(query.scan_max, query.limit);
    }
};

struct FiltersStandInsByType final : MutantStore {
    result<FeedPage> feed(const FeedQuery& query) const override {
        auto page = sound().feed(query);
        if (page && !query.types.empty()) {
            std::erase_if(page->events, [](const FeedEvent& entry) {
                return entry.kind != FeedEvent::Kind::event;
            });
        }
        return page;
    }
};

struct ForgetsDeletionInHeads final : MutantStore {
    result<Version> head_version(const StreamName& stream) const override {
        const auto facts = sound().facts(stream);
        return facts ? facts->version : no_version;
    }
};

struct CutsOneShort final : MutantStore {
    void begin_cut(const StreamName& stream, Version up_to, CutTerms terms, CutDone done) override {
        sound().begin_cut(stream, Version{up_to.value() - (up_to.value() > 1 ? 1 : 0)},
                          std::move(terms), std::move(done));
    }
};

struct ListsWithoutMore final : MutantStore {
    result<StreamList> list(const ListQuery& query) const override {
        auto list = sound().list(query);
        list->more = false;
        return list;
    }
};

struct CountsACrashedEventTwice final : MutantStore {
    StoreStats stats() const override {
        auto stats = sound().stats();
        stats.events += crashes_;
        return stats;
    }
    void reopened(bool crashed) override { crashes_ += crashed ? 1 : 0; }
    std::uint64_t crashes_ = 0;
};

// The newest event at the moment of a crash is in the feed no more.
struct LosesAnEventInACrash final : MutantStore {
    result<FeedPage> feed(const FeedQuery& query) const override {
        auto page = sound().feed(query);
        std::erase_if(page->events,
                      [&](const FeedEvent& entry) { return entry.event.position == lost_; });
        return page;
    }
    void reopened(bool crashed) override { lost_ = crashed ? head_position() : lost_; }
    Position lost_;
};

// Everything goes to the sound store's snapshots; a mutant overrides what it spoils.
class MutantSnapshots : public SnapshotStore {
public:
    explicit MutantSnapshots(SnapshotStore& sound) : sound_(sound) {}

    void save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep, Done done) override {
        sound_.save(stream, std::move(snapshot), keep, std::move(done));
    }
    result<SnapshotLoad> load(const StreamName& stream, Version at_most,
                              std::uint32_t revision) const override {
        return sound_.load(stream, at_most, revision);
    }
    result<std::optional<Snapshot>> find(const StreamName& stream, Version version) const override {
        return sound_.find(stream, version);
    }
    result<AnchorCopies> anchor(const StreamName& stream, Version version) const override {
        return sound_.anchor(stream, version);
    }
    result<std::vector<SnapshotFacts>> list(const StreamName& stream) const override {
        return sound_.list(stream);
    }
    void remove(const StreamName& stream, Version version, Done done) override {
        sound_.remove(stream, version, std::move(done));
    }
    SnapshotStats snapshot_stats() const override { return sound_.snapshot_stats(); }

protected:
    SnapshotStore& sound_;
};

template <class Snapshots>
class SpoilsSnapshots : public MutantStore {
public:
    SnapshotStore& snapshots() noexcept override { return spoiled_; }

private:
    Snapshots spoiled_{sound().snapshots()};
};

struct LoadsPastTheVersion final : MutantSnapshots {
    using MutantSnapshots::MutantSnapshots;
    result<SnapshotLoad> load(const StreamName& stream, Version at_most,
                              std::uint32_t revision) const override {
        return sound_.load(stream, at_most.value() > 5 ? at_most.next() : at_most, revision);
    }
};
struct KeepsOneTooMany final : MutantSnapshots {
    using MutantSnapshots::MutantSnapshots;
    void save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep, Done done) override {
        sound_.save(stream, std::move(snapshot), keep + 1, std::move(done));
    }
};
struct TakesAllForManual final : MutantSnapshots {
    using MutantSnapshots::MutantSnapshots;
    void save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep, Done done) override {
        snapshot.facts.kind = SnapshotKind::manual;
        sound_.save(stream, std::move(snapshot), keep, std::move(done));
    }
};
struct RemovesNothing final : MutantSnapshots {
    using MutantSnapshots::MutantSnapshots;
    void remove(const StreamName&, Version, Done done) override { done({}); }
};

struct FindsEventsByHalfTheirId final : MutantStore {
    result<std::optional<RememberedEvent>> find_event(const StreamName& stream,
                                                      const EventId& id) const override {
        auto half = id;
        half[1] = {};
        return sound().find_event(stream, half);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_mutant_beside_the_model)

BOOST_AUTO_TEST_CASE(when_nothing_is_spoiled_then_nothing_is_found) {
    BOOST_TEST(!is_always_found<MutantStore>());
}

BOOST_AUTO_TEST_CASE(when_commits_are_spoiled_then_it_is_found) {
    BOOST_TEST(is_always_found<ForgetsExpectations>());
    BOOST_TEST(is_always_found<TakesExistsForAny>());
    BOOST_TEST(is_always_found<DeletesNothing>());
    BOOST_TEST(is_always_found<CommitsTransactionsInParts>());
    BOOST_TEST(is_always_found<StampsTheEpoch>());
}

BOOST_AUTO_TEST_CASE(when_reads_are_spoiled_then_it_is_found) {
    BOOST_TEST(is_always_found<LosesTheLastEventOfLongPages>());
    BOOST_TEST(is_always_found<ReadsOneTooFar>());
    BOOST_TEST(is_always_found<IgnoresBytesMax>());
    BOOST_TEST(is_always_found<ForgetsDeletionInHeads>());
    BOOST_TEST(is_always_found<ListsWithoutMore>());
}

BOOST_AUTO_TEST_CASE(when_the_feed_is_spoiled_then_it_is_found) {
    BOOST_TEST(is_always_found<ChangesFeed<DropTypes>>());
    BOOST_TEST(is_always_found<ChangesFeed<DropPrefix>>());
    BOOST_TEST(is_always_found<ChangesFeed<LimitFirst>>());
    BOOST_TEST(is_always_found<FiltersStandInsByType>());
}

BOOST_AUTO_TEST_CASE(when_snapshots_or_ids_are_spoiled_then_it_is_found) {
    BOOST_TEST(is_always_found<SpoilsSnapshots<LoadsPastTheVersion>>());
    BOOST_TEST(is_always_found<SpoilsSnapshots<KeepsOneTooMany>>());
    BOOST_TEST(is_always_found<SpoilsSnapshots<TakesAllForManual>>());
    BOOST_TEST(is_always_found<SpoilsSnapshots<RemovesNothing>>());
    BOOST_TEST(is_always_found<FindsEventsByHalfTheirId>());
}

BOOST_AUTO_TEST_CASE(when_cuts_or_crashes_are_spoiled_then_it_is_found) {
    BOOST_TEST(is_always_found<CutsOneShort>());
    BOOST_TEST(is_always_found<CountsACrashedEventTwice>());
    BOOST_TEST(is_always_found<LosesAnEventInACrash>());
}

BOOST_AUTO_TEST_SUITE_END()

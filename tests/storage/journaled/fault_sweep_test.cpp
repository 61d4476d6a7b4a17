// One small scenario, run with each write, sync, opening, renaming and allocation failing in turn,
// once alone and once with all that follow. Afterwards the store is opened without faults, and:
// what was acknowledged is there once, at its version and position; what was answered with an
// error is wholly there or wholly absent; the chain, the feed and the counts agree. A snapshot or a
// document that was acknowledged is there, too, and one that was not takes nothing with it.
#include "tests/storage/journaled/given_a_journaled_store.hpp"
#include "tests/support/answer.hpp"
#include "tests/support/fault_injection.hpp"
#include "tests/support/snapshot_builder.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <new>
#include <set>

using namespace firn;
using namespace firn::test;

namespace {

// What became of one step.
enum class Fate : std::uint8_t { not_tried, acknowledged, unknown };

struct Step {
    Transaction transaction;  // or:
    StreamName cut_stream;
    Version cut_up_to;
    TestSnapshot snapshot;  // of the stream that nobody cuts
    std::string document;   // the text of the only key
    bool reclaim = false;
    bool reopen = false;

    Fate fate = Fate::not_tried;
    TransactionOutcome outcome;
};

// The events that a write carries, told apart by their data.
std::vector<std::string> data_of(const StreamWrite& write) {
    std::vector<std::string> data;
    if (write.events) {
        EventDecoder decoder(write.events->bytes());
        EventView event;
        while (!decoder.at_end() && decoder.decode_next(event)) {
            data.emplace_back(event.data);
        }
    }
    return data;
}

class Scenario : public GivenADirectory {
public:
    Scenario() {
        config.segment_bytes = 32u << 10;
        config.pending_bytes_max = 64u << 10;
        config.heads_max = 2;
        config.map_bytes = 256u << 10;
        config.report = {};
        make_steps();
    }

    // Goes through with it, whatever fails.
    void run(const FaultPlan& plan) {
        spare_opening_ = plan.call == FaultyCall::allocate;
        Injection fault(plan);
        attempt([&] { open_it(); });
        for (auto& step : steps_) {
            if (!is_open()) {
                attempt([&] { open_it(); });
            }
            if (is_open()) {
                step.fate = Fate::unknown;
                attempt([&] { take(step); });
            }
        }
        close();
        struck_ = fault.strikes() > 0;
    }
    [[nodiscard]] bool struck() const { return struck_; }

    void check() {
        open();
        check_acknowledged();
        check_consistency();
        reopen();
        check_acknowledged();
        check_consistency();
        append({"after", "all"}, numbered(1));
        close();
    }

private:
    void make_steps() {
        const StreamName a{"a", "1"};
        const StreamName b{"b", "1"};
        const StreamName c{"c", "1"};
        add({appending(a, clients(3))});
        add({appending(b, plain(2))});
        add({appending(a, clients(2)), appending(c, clients(4))});
        add({appending({"d", "1"}, clients(30)), checking(b, Expected::exists())});
        steps_.push_back({.cut_stream = b, .cut_up_to = Version{1}});
        steps_.push_back({.document = "1"});
        add({appending(kept_, plain(20))});
        steps_.push_back({.snapshot = {10, SnapshotKind::automatic}});
        steps_.push_back({.snapshot = {15, SnapshotKind::client}});
        add({appending(a, {{.data = "\"" + std::string(20'000, 'x') + "\""}})});
        add({appending({"e", "1"}, plain(1), Expected::none()), deleting(c)});
        for (int i = 0; i < 6; ++i) {
            add({appending({"f", std::to_string(i)}, clients(3)), appending(b, plain(1))});
        }
        add({appending(kept_, plain(20))});
        steps_.push_back({.snapshot = {40, SnapshotKind::automatic}});
        steps_.push_back({.reopen = true});
        steps_.push_back({.document = "a longer text " + std::string(9000, 'x')});
        steps_.push_back({.snapshot = {25, SnapshotKind::anchor, 1, std::string(9000, 'y')}});
        add({appending(a, {{.data = "\"" + std::string(15'000, 'y') + "\""}})});
        add({appending(a, {{.data = "\"" + std::string(15'000, 'z') + "\""}})});
        steps_.push_back({.cut_stream = a, .cut_up_to = Version{2}});
        add({deleting({"d", "1"})});
        add({appending({"g", "1"}, plain(2))});
        add({beginning({"i", "1"}, {.version = 7, .state = std::string(9000, 'i')})});
        add({appending({"i", "1"}, plain(2))});
        steps_.push_back({.cut_stream = b, .cut_up_to = Version{3}});
        steps_.push_back({.reclaim = true});
        steps_.push_back({.document = "3"});
        steps_.push_back({.snapshot = {40, SnapshotKind::manual}});
        add({appending(a, clients(1)), appending({"h", "1"}, plain(1))});
    }
    void add(std::initializer_list<StreamWrite> writes) {
        steps_.push_back({.transaction = transaction(writes)});
    }
    std::vector<TestEvent> clients(std::size_t count) {
        auto events = plain(count);
        for (auto& event : events) {
            event.client_id = id_number(next_);
            ++next_;
        }
        return events;
    }
    std::vector<TestEvent> plain(std::size_t count) {
        std::vector<TestEvent> events(count);
        for (auto& event : events) {
            event.data = "{\"n\":" + std::to_string(next_data_++) + "}";
        }
        return events;
    }

    // A refusal to open, a failing answer and no memory are all fair; anything else is not.
    template <class Do>
    void attempt(const Do& step) {
        try {
            step();
        } catch (const StorageFailure&) {
        } catch (const std::bad_alloc&) {
        }
    }

    // libstdc++ 12 ends the program when a directory iterator finds no memory, so this thread's
    // allocations go through while it opens the store; the settler's do not.
    void open_it() {
        if (spare_opening_) {
            const Spared spared;
            open();
        } else {
            open();
        }
    }

    void take(Step& step) {
        if (step.reopen) {
            close();
            open_it();
        } else if (step.reclaim) {
            (void)store().reclaim(1000);
        } else if (step.cut_up_to != no_version) {
            if (store().cut(step.cut_stream, step.cut_up_to)) {
                step.fate = Fate::acknowledged;
            }
        } else if (step.snapshot.version != 0) {
            const Answer answer;
            store().snapshots().save(kept_, snapshot_of(step.snapshot), 2, answer.done());
            // Nobody need ever answer an automatic one while the store is open.
            if (step.snapshot.kind != SnapshotKind::automatic && !answer.wait()) {
                step.fate = Fate::acknowledged;
            }
        } else if (!step.document.empty()) {
            const Answer answer;
            store().documents().put(DocumentKind::category, "key", step.document, answer.done());
            if (!answer.wait()) {
                step.fate = Fate::acknowledged;
            }
        } else {
            auto outcomes = store().commit({&step.transaction, 1});
            step.outcome = std::move(outcomes.front());
            if (!step.outcome.error) {
                step.fate = Fate::acknowledged;
            }
        }
        (void)store().head_version({"a", "1"});
        (void)store().feed({});
    }

    void check_acknowledged() {
        std::map<StreamName, Version> cut;
        std::map<StreamName, Fate> deleted;
        for (const auto& step : steps_) {
            if (step.cut_up_to != no_version && step.fate != Fate::not_tried) {
                cut[step.cut_stream] = std::max(cut[step.cut_stream], step.cut_up_to);
                check_cut(step);
            }
            for (const auto& write : step.transaction.writes) {
                if (write.kind == StreamWrite::Kind::delete_stream) {
                    deleted[write.stream] = step.fate;
                }
            }
        }
        for (const auto& [stream, fate] : deleted) {
            if (fate == Fate::acknowledged) {
                BOOST_TEST_REQUIRE(
                    (store().read(stream, {}).error() == storage_errc::stream_deleted));
            }
        }
        for (const auto& step : steps_) {
            check_transaction(step, cut, deleted);
        }
        check_document();
        check_snapshots();
    }

    // The last text that was acknowledged, or one that was tried after it.
    void check_document() {
        std::set<std::string> possible{"(none)"};
        for (const auto& step : steps_) {
            if (!step.document.empty() && step.fate != Fate::not_tried) {
                if (step.fate == Fate::acknowledged) {
                    possible.clear();
                }
                possible.insert(step.document);
            }
        }
        const auto text = store().documents().get(DocumentKind::category, "key");
        BOOST_TEST_REQUIRE(text.has_value());
        BOOST_TEST_REQUIRE(possible.contains(text->value_or("(none)")));
    }

    // Those that were acknowledged are there; each that is there is one that was tried, and is
    // bound to the stream's chain.
    void check_snapshots() {
        std::map<Version, Hash> chains;
        if (const auto page = store().read(kept_, {.limit = 1000})) {
            auto chain = chain_start(kept_.category, kept_.id);
            for (const auto& event : page->events) {
                chain = chain_next(chain, event);
                chains[event.version] = chain;
            }
        }
        const auto list = store().snapshots().list(kept_);
        BOOST_TEST_REQUIRE(list.has_value());
        for (const auto& facts : *list) {
            const auto found = store().snapshots().find(kept_, facts.version);
            BOOST_TEST_REQUIRE((found && *found));
            BOOST_TEST_REQUIRE((facts.chain_hash == chains.at(facts.version)));
            BOOST_TEST_REQUIRE(std::ranges::any_of(steps_, [&](const Step& step) {
                return step.fate != Fate::not_tried &&
                       Version{step.snapshot.version} == facts.version &&
                       step.snapshot.kind == facts.kind &&
                       snapshot_of(step.snapshot).state == (*found)->state;
            }));
        }
        for (const auto& step : steps_) {
            if (step.snapshot.version != 0 && step.fate == Fate::acknowledged) {
                BOOST_TEST_REQUIRE(std::ranges::count(*list, Version{step.snapshot.version},
                                                      &SnapshotFacts::version) == 1);
            }
        }
    }

    void check_cut(const Step& step) {
        const auto facts = store().facts(step.cut_stream);
        if (step.fate == Fate::acknowledged) {
            BOOST_TEST_REQUIRE(facts.has_value());
            BOOST_TEST_REQUIRE(facts->first_version > step.cut_up_to);
        }
    }

    // Present, absent, or nothing to say because the stream is gone.
    enum class Presence : std::uint8_t { absent, present, gone };

    void check_transaction(const Step& step, const std::map<StreamName, Version>& cut,
                           const std::map<StreamName, Fate>& deleted) {
        std::vector<Presence> presences;
        for (std::size_t i = 0; i < step.transaction.writes.size(); ++i) {
            const auto& write = step.transaction.writes[i];
            const bool acknowledged = step.fate == Fate::acknowledged;
            if (write.kind == StreamWrite::Kind::delete_stream) {
                const auto facts = store().facts(write.stream);
                if (facts) {
                    presences.push_back(facts->deleted ? Presence::present : Presence::absent);
                }
                continue;
            }
            if (write.kind == StreamWrite::Kind::begin_compacted) {
                presences.push_back(presence_of_start(write));
                BOOST_TEST_REQUIRE((!acknowledged || presences.back() != Presence::absent));
                continue;
            }
            const auto wanted = data_of(write);
            if (wanted.empty()) {
                continue;
            }
            if (deleted.contains(write.stream) && !store().read(write.stream, {})) {
                continue;
            }
            presences.push_back(presence(write, wanted,
                                         acknowledged ? &step.outcome.streams[i] : nullptr,
                                         cut.contains(write.stream)));
            BOOST_TEST_REQUIRE((!acknowledged || presences.back() != Presence::absent));
        }
        std::erase(presences, Presence::gone);
        BOOST_TEST_REQUIRE(
            (std::ranges::adjacent_find(presences, std::not_equal_to()) == presences.end()));
        if (step.fate == Fate::not_tried && !presences.empty()) {
            BOOST_TEST_REQUIRE((presences.front() == Presence::absent));
        }
    }

    // A stream that began has both copies of its anchor. If it did not, the events that were to
    // follow make it begin at 1.
    Presence presence_of_start(const StreamWrite& write) {
        const auto facts = store().facts(write.stream);
        if (!facts || facts->first_version == Version{1}) {
            return Presence::absent;
        }
        const auto version = write.anchor->facts.version;
        BOOST_TEST_REQUIRE(facts->first_version == version.next());
        const auto copies = store().snapshots().anchor(write.stream, version);
        BOOST_TEST_REQUIRE((copies && copies->first && copies->second));
        BOOST_TEST_REQUIRE((copies->second->state == write.anchor->state));
        return Presence::present;
    }

    Presence presence(const StreamWrite& write, const std::vector<std::string>& wanted,
                      const StreamOutcome* outcome, bool may_be_cut) {
        auto page = store().read(write.stream, {.limit = 100'000, .bytes_max = 1u << 30});
        std::vector<SeenEvent> found;
        if (page) {
            for (const auto& event : seen(*page)) {
                if (std::ranges::find(wanted, event.data) != wanted.end()) {
                    found.push_back(event);
                }
            }
        }
        if (outcome != nullptr && !found.empty()) {
            BOOST_TEST_REQUIRE(found.back().version == outcome->version);
            BOOST_TEST_REQUIRE(found.back().position == outcome->position);
            BOOST_TEST_REQUIRE((found.back().recorded_at == outcome->recorded_at));
        }
        if (may_be_cut && found.size() < wanted.size()) {
            return Presence::gone;
        }
        if (found.empty()) {
            return Presence::absent;
        }
        BOOST_TEST_REQUIRE(found.size() == wanted.size());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            BOOST_TEST_REQUIRE(found[i].data == wanted[i]);
        }
        return Presence::present;
    }

    const StreamName kept_{"k", "1"};
    std::vector<Step> steps_;
    std::uint64_t next_ = 1;
    std::uint64_t next_data_ = 1;
    bool struck_ = false;
    bool spare_opening_ = false;
};

// Runs the scenario with the plan's n-th call failing, for n = 1, 2, 3 …, until none fails.
void sweep(FaultPlan plan, std::uint64_t stride = 1) {
    std::uint64_t runs = 0;
    for (plan.nth = 1;; plan.nth += stride) {
        Scenario scenario;
        BOOST_TEST_CONTEXT("call " << plan.nth) {
            scenario.run(plan);
            scenario.check();
        }
        ++runs;
        if (!scenario.struck()) {
            break;
        }
    }
    BOOST_TEST(runs > 5u);
    BOOST_TEST_MESSAGE(runs << " runs");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_scenario)

BOOST_AUTO_TEST_CASE(when_nothing_fails_then_every_step_is_acknowledged) {
    Scenario scenario;
    scenario.run({.nth = UINT64_MAX});
    BOOST_TEST(!scenario.struck());
    scenario.check();
}

BOOST_AUTO_TEST_CASE(when_one_write_fails_then_nothing_is_half_there) {
    sweep({.call = FaultyCall::write});
}

BOOST_AUTO_TEST_CASE(when_one_write_reaches_the_disk_and_fails_then_nothing_is_half_there) {
    sweep({.call = FaultyCall::write, .effect = FaultPlan::Effect::whole});
}

BOOST_AUTO_TEST_CASE(when_one_write_tears_then_nothing_is_half_there) {
    sweep({.call = FaultyCall::write, .effect = FaultPlan::Effect::half});
}

BOOST_AUTO_TEST_CASE(when_the_disk_fills_up_for_good_then_nothing_is_half_there) {
    sweep({.call = FaultyCall::write, .and_all_after = true, .error = ENOSPC});
}

BOOST_AUTO_TEST_CASE(when_one_sync_fails_then_nothing_is_half_there) {
    sweep({.call = FaultyCall::sync, .refuse_direct = true});
}

BOOST_AUTO_TEST_CASE(when_every_later_sync_fails_then_nothing_is_half_there) {
    sweep({.call = FaultyCall::sync, .and_all_after = true, .refuse_direct = true});
}

BOOST_AUTO_TEST_CASE(when_one_file_cannot_be_opened_then_nothing_is_half_there) {
    sweep({.call = FaultyCall::open, .error = EMFILE});
}

BOOST_AUTO_TEST_CASE(when_one_renaming_fails_then_nothing_is_half_there) {
    sweep({.call = FaultyCall::rename});
}

BOOST_AUTO_TEST_CASE(when_one_truncation_fails_then_nothing_is_half_there) {
    Scenario scenario;
    scenario.run({.call = FaultyCall::truncate});
    scenario.check();
}

BOOST_AUTO_TEST_CASE(when_one_allocation_fails_then_nothing_is_half_there) {
    if (Injection::can_fail_allocations()) {
        sweep({.call = FaultyCall::allocate});
    }
}

BOOST_AUTO_TEST_CASE(when_allocations_fail_from_some_point_on_then_nothing_is_half_there) {
    if (Injection::can_fail_allocations()) {
        sweep({.call = FaultyCall::allocate, .and_all_after = true}, 5);
    }
}

BOOST_AUTO_TEST_SUITE_END()

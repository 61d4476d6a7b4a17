// Conflicts among writers that run at the same time: who wins, and what is left of who loses.
// Each race begins with a conflict for all writers but one, however the threads are scheduled.
#include "tests/contract/given_queued_writers.hpp"

#include <array>
#include <atomic>
#include <map>
#include <set>

using namespace firn;
using namespace firn::test;

namespace {

std::vector<TestEvent> saying(const std::string& what) {
    TestEvent event;
    event.data = '"' + what + '"';
    return {event};
}

struct GivenARace : GivenQueuedWriters {
    // What each stream's events say, in order.
    std::vector<std::string> said(const StreamName& stream) {
        std::vector<std::string> texts;
        for (const auto& event : read_all(stream)) {
            texts.push_back(event.data.substr(1, event.data.size() - 2));
        }
        return texts;
    }
    std::atomic<std::uint64_t> refusals{0};
    std::atomic<std::uint64_t> surprises{0};  // errors other than a conflict
};

const std::array<StreamName, 3> three{order, other, StreamName{"invoice", "1"}};

// Moves two of three streams at a time, at the versions it last heard of.
class PairWriter {
public:
    PairWriter(GivenARace& race, std::size_t number) : race_(race), number_(number) {}

    void win(std::size_t wins) {
        for (std::size_t attempt = 0; won_.size() < wins && race_.surprises == 0; ++attempt) {
            try_once(std::to_string(number_) + '-' + std::to_string(attempt), number_ + attempt);
        }
    }
    // By the number of the pair: what was acknowledged.
    [[nodiscard]] const std::map<std::string, std::size_t>& won() const { return won_; }

private:
    void try_once(const std::string& text, std::size_t pair) {
        const std::array<std::size_t, 2> at{pair % 3, (pair + 1) % 3};
        auto outcome = race_.commit_queued(
            transaction({appending(three[at[0]], saying(text), Expected::exactly(heads_[at[0]])),
                         appending(three[at[1]], saying(text), Expected::exactly(heads_[at[1]]))}));
        for (const auto& conflict : outcome.conflicts) {
            heads_[at[conflict.index]] = conflict.current_version;
        }
        if (!outcome.error) {
            won_.emplace(text, pair % 3);
            heads_[at[0]] = outcome.streams[0].version;
            heads_[at[1]] = outcome.streams[1].version;
            return;
        }
        ++race_.refusals;
        race_.surprises += outcome.error == storage_errc::wrong_version ? 0 : 1;
    }

    GivenARace& race_;
    std::size_t number_;
    std::array<Version, 3> heads_{};
    std::map<std::string, std::size_t> won_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_concurrent_writers_on_a_commit_queue, GivenARace)

BOOST_AUTO_TEST_CASE(when_concurrent_writers_conflict_then_each_version_has_the_one_that_was_told) {
    constexpr std::size_t versions = 100;
    std::array<std::atomic<int>, versions> wins{};
    std::array<std::size_t, versions> winner{};
    race([&](std::size_t writer) {
        for (std::size_t at = 0; at < versions;) {
            const auto outcome = commit_queued(transaction({appending(
                order, saying(std::to_string(writer)), Expected::exactly(Version{at}))}));
            if (!outcome.error) {
                ++wins[at];
                winner[at++] = writer;
                continue;
            }
            ++refusals;
            if (outcome.error != storage_errc::wrong_version ||
                outcome.conflicts.front().current_version <= Version{at}) {
                ++surprises;
                return;
            }
            at = outcome.conflicts.front().current_version.value();
        }
    });
    BOOST_TEST(surprises == 0u);
    BOOST_TEST(refusals >= writers - 1);
    const auto texts = said(order);
    BOOST_REQUIRE_EQUAL(texts.size(), versions);
    for (std::size_t at = 0; at < versions; ++at) {
        BOOST_TEST(wins[at] == 1);
        BOOST_TEST(texts[at] == std::to_string(winner[at]));
    }
}

BOOST_AUTO_TEST_CASE(when_concurrent_transactions_conflict_then_all_their_streams_are_unchanged) {
    constexpr std::size_t wins_each = 30;
    std::vector<PairWriter> all;
    for (std::size_t writer = 0; writer < writers; ++writer) {
        all.emplace_back(*this, writer);
    }
    race([&](std::size_t writer) { all[writer].win(wins_each); });
    BOOST_TEST(surprises == 0u);
    BOOST_TEST(refusals >= writers - 1);

    std::array<std::multiset<std::string>, 3> expected;
    for (const auto& writer : all) {
        for (const auto& [text, pair] : writer.won()) {
            expected.at(pair).insert(text);
            expected.at((pair + 1) % 3).insert(text);
        }
    }
    for (std::size_t i = 0; i < three.size(); ++i) {
        const auto texts = said(three.at(i));
        BOOST_TEST((std::multiset<std::string>(texts.begin(), texts.end()) == expected.at(i)));
    }
    BOOST_TEST(store().head_position() == Position{2 * writers * wins_each});
}

BOOST_AUTO_TEST_CASE(when_a_guard_moves_under_concurrent_writers_then_nothing_passes_a_stale_one) {
    constexpr std::uint64_t moves = 50;
    const StreamName rules{"rules", "1"};
    append(rules, numbered(1));
    race([&](std::size_t writer) {
        Version believed;
        for (std::uint64_t made = 0; made < moves;) {
            const auto outcome = commit_queued(
                writer == 0 ? transaction({appending(rules, numbered(1))})
                            : transaction({checking(rules, Expected::exactly(believed)),
                                           appending({"order", std::to_string(writer)},
                                                     saying(std::to_string(believed.value())))}));
            made += outcome.error ? 0 : 1;
            if (outcome.error == storage_errc::wrong_version) {
                ++refusals;
                believed = outcome.conflicts.front().current_version;
            } else if (outcome.error) {
                ++surprises;
                return;
            }
        }
    });
    BOOST_TEST(surprises == 0u);
    BOOST_TEST(refusals >= writers - 1);
    BOOST_TEST(head(rules) == Version{1 + moves});
    Version now_in_force;
    for (const auto& entry : seen(feed({.limit = 10'000}))) {
        if (entry.stream == rules) {
            now_in_force = entry.event.version;
        } else {
            BOOST_TEST(entry.event.data == '"' + std::to_string(now_in_force.value()) + '"');
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

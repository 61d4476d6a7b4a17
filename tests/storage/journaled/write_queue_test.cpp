// The queue of small writes: who waits for what, who takes whose place, what happens at its bounds.
#include "storage/journaled/write_queue.hpp"

#include "tests/support/answer.hpp"
#include "tests/support/snapshot_builder.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::test;
using Place = WriteQueue::Place;

namespace {

const StreamNumber stream{1};
const StreamNumber other{2};

// Ten positions are durable, none has settled.
struct GivenAQueue {
    GivenAQueue() { publish(10); }

    void publish(std::uint32_t events) {
        auto group = std::make_shared<Group>();
        group->first_position = unsettled.head_position().next();
        group->events = events;
        unsettled.publish({.group = std::move(group)});
        ++groups;
    }
    // A round over all that is there.
    void begin_round() {
        through = unsettled.head_position();
        groups_in_round = groups;
        queue.round_begins(through);
    }
    void end_round() {
        unsettled.round_settled(groups_in_round, through);
        groups -= groups_in_round;
        queue.round_settled(through);
    }

    Place save(const Answer& answer, const TestSnapshot& wanted, StreamNumber of = stream,
               bool settled = false) {
        return push({SnapshotSave{of, snapshot_of(wanted), 2, settled}, answer.done()});
    }
    Place save_automatic(const Answer& answer, std::uint64_t version, StreamNumber of = stream) {
        return save(answer, {version, SnapshotKind::automatic}, of);
    }
    Place remove(const Answer& answer, std::uint64_t version) {
        return push({SnapshotRemoval{stream, Version{version}}, answer.done()});
    }
    Place put(const Answer& answer, const std::string& key, const std::string& text) {
        return push({DocumentWrite{key, text}, answer.done()});
    }
    Place push(QueuedWrite write) {
        WriteQueue::Writes one;
        one.push_back(std::move(write));
        return queue.push(one);
    }
    // Versions of the saves that are ready now; all that is ready is answered.
    std::vector<Version> write_ready() {
        std::vector<Version> versions;
        auto ready = queue.take_ready();
        for (const auto& write : ready) {
            if (const auto* save = std::get_if<SnapshotSave>(&write.write)) {
                versions.push_back(save->snapshot.facts.version);
            }
        }
        queue.answer(std::move(ready));
        return versions;
    }

    Unsettled unsettled;
    WriteQueue queue{unsettled, {.count_max = 5, .bytes_max = 1000}};
    std::size_t groups = 0;
    std::size_t groups_in_round = 0;
    Position through;
};

using Versions = std::vector<Version>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_queue, GivenAQueue)

BOOST_AUTO_TEST_CASE(when_the_stream_has_not_settled_then_a_save_waits_for_the_round_that_does) {
    const Answer answer;
    BOOST_TEST((save(answer, {5}) == Place::waiting));
    BOOST_TEST(write_ready().empty());
    begin_round();
    BOOST_TEST(write_ready().empty());
    BOOST_TEST(queue.stats().waiting == 1u);
    end_round();
    BOOST_TEST(write_ready() == Versions{Version{5}}, boost::test_tools::per_element());
    BOOST_TEST(!answer.wait());
    BOOST_TEST(queue.stats().waiting == 0u);
    BOOST_TEST(queue.stats().waiting_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(when_its_events_have_settled_then_it_is_ready_at_once) {
    const Answer known;
    BOOST_TEST((save(known, {5}, stream, true) == Place::ready));
    begin_round();
    end_round();
    const Answer found_out;
    BOOST_TEST((save(found_out, {6}) == Place::ready));
    BOOST_TEST((write_ready() == Versions{Version{5}, Version{6}}));
}

BOOST_AUTO_TEST_CASE(when_it_comes_while_a_round_settles_its_events_then_the_end_is_not_missed) {
    begin_round();
    const Answer answer;
    BOOST_TEST((save_automatic(answer, 5) == Place::waiting));
    end_round();
    BOOST_TEST(write_ready() == Versions{Version{5}}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_a_newer_automatic_save_comes_then_it_takes_the_older_ones_place) {
    const Answer older;
    const Answer newer;
    const Answer of_another;
    save_automatic(older, 5);
    save_automatic(of_another, 4, other);
    save_automatic(newer, 8);
    BOOST_TEST(!older.wait());
    BOOST_TEST(!newer.has_come());
    BOOST_TEST(queue.stats().waiting == 2u);
    begin_round();
    end_round();
    BOOST_TEST((write_ready() == Versions{Version{4}, Version{8}}));
}

BOOST_AUTO_TEST_CASE(when_an_older_automatic_save_comes_then_the_newer_one_stays) {
    const Answer newer;
    const Answer older;
    const Answer older_of_another_revision;
    save_automatic(newer, 8);
    BOOST_TEST((save_automatic(older, 5) == Place::answered));
    BOOST_TEST(!older.wait());
    BOOST_TEST(
        (save(older_of_another_revision, {6, SnapshotKind::automatic, 2}) == Place::waiting));
    begin_round();
    end_round();
    BOOST_TEST((write_ready() == Versions{Version{8}, Version{6}}));
}

BOOST_AUTO_TEST_CASE(when_somebody_asked_for_a_save_then_nothing_takes_its_place) {
    const Answer manual;
    const Answer client;
    const Answer automatic;
    save(manual, {5, SnapshotKind::manual});
    save(client, {6, SnapshotKind::client});
    save_automatic(automatic, 7);
    BOOST_TEST(!manual.has_come());
    BOOST_TEST(!client.has_come());
    begin_round();
    end_round();
    BOOST_TEST(write_ready().size() == 3u);
}

// A busy stream saves faster than rounds end: always the newest one would never be written.
BOOST_AUTO_TEST_CASE(when_a_round_settles_it_then_a_newer_one_no_longer_takes_its_place) {
    const Answer first;
    save_automatic(first, 5);
    begin_round();
    publish(3);
    const Answer second;
    const Answer third;
    save_automatic(second, 8);
    save_automatic(third, 9);
    BOOST_TEST(!first.has_come());
    BOOST_TEST(!second.wait());
    end_round();
    BOOST_TEST(write_ready() == Versions{Version{5}}, boost::test_tools::per_element());
    begin_round();
    end_round();
    BOOST_TEST(write_ready() == Versions{Version{9}}, boost::test_tools::per_element());
    BOOST_TEST(!third.wait());
}

BOOST_AUTO_TEST_CASE(when_a_round_fails_then_only_those_who_wait_for_it_are_told) {
    const Answer automatic;
    const Answer manual;
    const Answer late;
    save_automatic(automatic, 5);
    save(manual, {6});
    begin_round();
    save(late, {7});
    queue.round_failed(storage_errc::disk_full);
    BOOST_TEST((manual.wait() == storage_errc::disk_full));
    BOOST_TEST((late.wait() == storage_errc::disk_full));
    BOOST_TEST(!automatic.has_come());
    begin_round();
    end_round();
    BOOST_TEST(write_ready() == Versions{Version{5}}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_a_version_is_removed_then_saves_of_it_no_longer_wait) {
    const Answer settling;
    const Answer waiting;
    const Answer newer;
    save_automatic(settling, 5);
    begin_round();
    publish(1);
    save_automatic(waiting, 6);
    const Answer removed;
    BOOST_TEST((remove(removed, 5) == Place::ready));
    BOOST_TEST(!settling.wait());
    const Answer removed_again;
    remove(removed_again, 6);
    BOOST_TEST(!waiting.wait());
    save_automatic(newer, 7);
    BOOST_TEST(write_ready().empty());
    BOOST_TEST(!removed.wait());
    end_round();
    begin_round();
    end_round();
    BOOST_TEST(write_ready() == Versions{Version{7}}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_an_anchor_waits_then_it_is_too_late_to_remove_it) {
    const Answer anchor;
    save(anchor, {5, SnapshotKind::anchor});
    const Answer removed;
    BOOST_TEST((remove(removed, 5) == Place::answered));
    BOOST_TEST((removed.wait() == storage_errc::too_late));
    BOOST_TEST(!anchor.has_come());
}

BOOST_AUTO_TEST_CASE(when_too_many_wait_then_the_next_one_is_refused_until_some_are_written) {
    for (std::uint64_t number = 1; number <= 5; ++number) {
        const Answer answer;
        BOOST_TEST((save_automatic(answer, 5, StreamNumber{number}) == Place::waiting));
    }
    const Answer refused;
    BOOST_TEST((save_automatic(refused, 5, StreamNumber{6}) == Place::answered));
    BOOST_TEST((refused.wait() == storage_errc::overloaded));
    // It takes a place that is there.
    const Answer newer;
    BOOST_TEST((save_automatic(newer, 6, StreamNumber{3}) == Place::waiting));
    const Answer document;
    BOOST_TEST((put(document, "ckey", "{}") == Place::ready));
    begin_round();
    end_round();
    BOOST_TEST(write_ready().size() == 5u);
    const Answer again;
    BOOST_TEST((save_automatic(again, 5, StreamNumber{6}) == Place::ready));
}

BOOST_AUTO_TEST_CASE(when_too_many_bytes_wait_then_the_next_one_is_refused) {
    const Answer older;
    save(older, {5, SnapshotKind::automatic, 1, std::string(700, 'x')});
    const Answer too_large;
    save(too_large, {6, SnapshotKind::automatic, 1, std::string(301, 'x')}, other);
    BOOST_TEST((too_large.wait() == storage_errc::overloaded));
    const Answer larger;
    save(larger, {7, SnapshotKind::automatic, 1, std::string(1001, 'x')});
    BOOST_TEST((larger.wait() == storage_errc::overloaded));
    BOOST_TEST(!older.has_come());  // what could not take its place left it there
    BOOST_TEST(queue.stats().waiting_bytes == 700u);
    const Answer newer;
    save(newer, {8, SnapshotKind::automatic, 1, std::string(1000, 'x')});
    BOOST_TEST(!older.wait());
    BOOST_TEST(queue.stats().waiting_bytes == 1000u);
    const Answer document;
    put(document, "ckey", std::string(997, 'x'));
    BOOST_TEST((document.wait() == storage_errc::overloaded));
}

BOOST_AUTO_TEST_CASE(when_it_is_closed_then_all_that_is_left_and_all_that_comes_is_told) {
    const Answer waiting;
    const Answer settling;
    const Answer ready;
    save_automatic(settling, 5);
    begin_round();
    publish(1);
    save_automatic(waiting, 6);
    put(ready, "ckey", "{}");
    queue.close();
    const Answer late;
    put(late, "ckey", "{}");
    for (const auto* answer : {&waiting, &settling, &ready, &late}) {
        BOOST_TEST((answer->wait() == storage_errc::closed));
    }
    BOOST_TEST(queue.stats().waiting == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

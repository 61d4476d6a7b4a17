// What opening makes of a directory that a crash left, at moments that only luck would hit.
#include "storage/journaled/verify.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/records.hpp"
#include "tests/storage/journaled/given_a_journaled_store.hpp"
#include "tests/support/fault_injection.hpp"

#include <algorithm>
#include <optional>

using namespace firn;
using namespace firn::test;

namespace {

// A round of two slices whose second one fails: the first slice's streams have settled, the
// round has not, and stream numbers decide who was first.
struct GivenAnInterruptedRound : GivenADirectory {
    GivenAnInterruptedRound() {
        config.segment_bytes = 4u << 20;
        config.pending_bytes_max = 8u << 20;
        open();
    }

    const StreamName first{"a", "1"};
    const StreamName last{"z", "1"};

    static constexpr std::uint64_t between_events = 10'000;

    // More events than the largest slice takes, so that `last` is in another one than `first`.
    void begin() {
        append(first, numbered(20));
        for (int i = 0; i < 10; ++i) {
            append({"m", std::to_string(i)}, numbered(between_events / 10));
        }
        append(last, numbered(20));
    }
    // The first slice's transaction is the first sync of the round; every later one fails, until
    // resume().
    void interrupt() {
        fault_.emplace(FaultPlan{
            .call = FaultyCall::sync, .nth = 2, .and_all_after = true, .path_part = "events-"});
        BOOST_TEST(!store().cut(last, Version{1}).has_value());
        BOOST_TEST(fault_->strikes() > 0u);
    }
    void resume() { fault_.reset(); }
    // The crash comes between the two slices.
    void crash_inside() {
        crash();
        resume();
        const lmdb::Environment environment(path() / "events-1.mdb", config.map_bytes);
        const auto transaction = environment.read();
        BOOST_TEST_REQUIRE(lmdb::find_stream(transaction, lmdb::name_key(first)).has_value());
        BOOST_TEST_REQUIRE(!lmdb::find_stream(transaction, lmdb::name_key(last)).has_value());
        BOOST_TEST_REQUIRE(lmdb::read_store(transaction)->settled_position == no_position);
    }
    // Of the files that the crash left: all events are counted, in the streams or the journal.
    void check_sound(std::uint64_t events) const {
        const auto report = verify_store(path());
        BOOST_TEST(report.problems == std::vector<std::string>{}, boost::test_tools::per_element());
        BOOST_TEST(report.events == events);
        BOOST_TEST(report.head == Position{between_events + 40});
    }
    bool is_found() const {
        return std::ranges::any_of(verify_store(path()).problems, [](const std::string& problem) {
            return problem.find("ahead of the position index") != std::string::npos;
        });
    }
    // Once the settler, which tries again every second, found that it can.
    void cut_in_the_end(const StreamName& stream, Version up_to) {
        while (!store().cut(stream, up_to)) {
            std::this_thread::yield();
        }
    }

private:
    std::optional<Injection> fault_;
};

std::size_t count_of(const std::vector<SeenEntry>& feed, FeedEvent::Kind kind) {
    return static_cast<std::size_t>(std::ranges::count(feed, kind, &SeenEntry::kind));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_crash, GivenAJournaledStore)

BOOST_AUTO_TEST_CASE(when_nothing_had_settled_then_everything_comes_from_the_journal) {
    const auto outcome = append(order, numbered(3));
    append(other, {client_event(7)});
    const auto feed = feed_all();
    crash();
    open();
    BOOST_TEST(store().stats().pending_events == 4u);
    BOOST_TEST((feed_all() == feed));
    BOOST_TEST(store().head_position() == Position{4});
    const auto replay = commit({appending(other, {client_event(7)})});
    BOOST_TEST(replay.streams.at(0).replayed);
    BOOST_TEST(outcome.version == Version{3});
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_all_had_settled_then_nothing_is_replayed) {
    append(order, numbered(3));
    settle();
    crash();
    open();
    BOOST_TEST(store().stats().pending_events == 0u);
    BOOST_TEST(read_all(order).size() == 3u);
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_some_had_settled_then_both_parts_make_the_stream) {
    append(order, numbered(3));
    settle();
    append(order, numbered(4));
    crash();
    open();
    BOOST_TEST(read_all(order).size() == 7u);
    BOOST_TEST(append(order, numbered(1)).version == Version{8});
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_a_stream_was_deleted_then_it_stays_deleted) {
    append(order, numbered(3));
    settle();
    append(order, numbered(2));
    append(other, numbered(1));
    delete_stream(order);
    const auto feed = feed_all();
    crash();
    open();
    BOOST_TEST((store().read(order, {}).error() == storage_errc::stream_deleted));
    BOOST_TEST((feed_all() == feed));
    BOOST_TEST((commit({appending(order, numbered(1))}).error == storage_errc::stream_deleted));
    check_consistency();
    settle();
    BOOST_TEST((feed_all() == feed));
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_a_prefix_was_cut_then_it_stays_cut) {
    append(order, numbered(5));
    cut(order, Version{3});
    append(order, numbered(1));
    crash();
    open();
    const auto events = read_all(order);
    BOOST_TEST(events.size() == 3u);
    BOOST_TEST(events.front().version == Version{4});
    BOOST_TEST((store().read(order, {.from = Version{3}}).error() == storage_errc::compacted));
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_it_comes_after_every_commit_then_nothing_is_ever_missing) {
    for (std::uint64_t i = 1; i <= 12; ++i) {
        append(i % 3 == 0 ? other : order, {client_event(i), client_event(100 + i)});
        crash();
        open();
        BOOST_TEST(store().head_position() == Position{2 * i});
        check_consistency();
        if (i % 4 == 0) {
            settle();
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_round_that_was_interrupted, GivenAnInterruptedRound)

BOOST_AUTO_TEST_CASE(when_the_store_is_opened_again_then_nothing_is_doubled) {
    begin();
    const auto feed = feed_all();
    interrupt();
    BOOST_TEST((feed_all() == feed));
    crash_inside();
    open();
    BOOST_TEST((feed_all() == feed));
    check_consistency();
    settle();
    BOOST_TEST((feed_all() == feed));
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_a_deletion_was_in_the_settled_part_then_its_events_stay_away) {
    begin();
    delete_stream(first);
    const auto feed = feed_all();
    BOOST_TEST(events_in_feed(first) == 0u);
    interrupt();
    BOOST_TEST((feed_all() == feed));
    crash_inside();
    open();
    BOOST_TEST(events_in_feed(first) == 0u);
    BOOST_TEST(count_of(feed_all(), FeedEvent::Kind::deleted) == 1u);
    BOOST_TEST((feed_all() == feed));
    check_consistency();
    settle();
    BOOST_TEST((feed_all() == feed));
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_it_is_verified_then_what_settled_ahead_of_its_round_is_no_fault) {
    begin();
    interrupt();
    crash_inside();
    check_sound(between_events + 40);
}

BOOST_AUTO_TEST_CASE(when_a_deletion_is_verified_that_settled_ahead_then_it_is_no_fault) {
    begin();
    delete_stream(first);
    interrupt();
    crash_inside();
    check_sound(between_events + 20);
}

BOOST_AUTO_TEST_CASE(when_a_cut_is_verified_of_what_settled_ahead_then_it_is_no_fault) {
    begin();
    interrupt();
    resume();
    cut_in_the_end(first, Version{5});
    crash();
    check_sound(between_events + 35);
}

BOOST_AUTO_TEST_CASE(when_what_settled_ahead_stands_elsewhere_in_the_journal_then_it_is_found) {
    begin();
    interrupt();
    crash_inside();
    {
        const lmdb::Environment environment(path() / "events-1.mdb", config.map_bytes);
        auto transaction = environment.write();
        const auto number = lmdb::find_stream(transaction, lmdb::name_key(first)).value();
        const auto key = lmdb::chunk_key(number, Version{1});
        const std::string chunk(transaction.get(lmdb::Table::chunks, key).value());
        auto reader = lmdb::ChunkReader::open(number, Version{1}, chunk).value();
        lmdb::ChunkBuilder moved;
        moved.start(reader.header().chain_before);
        EventView event;
        while (reader.next(event)) {
            event.position = event.position.plus(1);
            moved.add(event, reader.last_encoded());
        }
        transaction.put(lmdb::Table::chunks, key, moved.finish(number, Version{1}));
        transaction.commit();
    }
    BOOST_TEST(is_found());
}

BOOST_AUTO_TEST_CASE(when_the_journal_lost_what_settled_ahead_then_it_is_found) {
    begin();
    interrupt();
    crash_inside();
    for (const auto& file : fs::recursive_directory_iterator(path() / "journal")) {
        // Behind the header there is nothing any more, as if nothing had been written.
        auto bytes = text_of(file.path());
        std::fill(bytes.begin() + std::min<std::ptrdiff_t>(std::ssize(bytes), 4096), bytes.end(),
                  '\0');
        write_text(file.path(), bytes);
    }
    BOOST_TEST(is_found());
}

BOOST_AUTO_TEST_CASE(when_the_settled_part_is_cut_then_the_cut_events_are_away_everywhere) {
    begin();
    interrupt();
    resume();
    cut_in_the_end(first, Version{5});
    BOOST_TEST(read_all(first).size() == 15u);
    BOOST_TEST(events_in_feed(first) == 15u);
    crash();
    open();
    BOOST_TEST(read_all(first).size() == 15u);
    BOOST_TEST(events_in_feed(first) == 15u);
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_appending_goes_on_then_the_next_round_settles_all) {
    begin();
    interrupt();
    append(first, numbered(3));
    delete_stream(last);
    check_consistency();
    resume();
    settle();
    BOOST_TEST(read_all(first).size() == 23u);
    check_consistency();
}

BOOST_AUTO_TEST_SUITE_END()

// The store at its bounds: a full map, a full disk, failing syncs, few heads in memory.
#include "tests/storage/journaled/given_a_journaled_store.hpp"
#include "tests/support/fault_injection.hpp"
#include "tests/support/random.hpp"

#include <cerrno>
#include <map>
#include <optional>

using namespace firn;
using namespace firn::test;

namespace {

std::vector<TestEvent> of_bytes(std::size_t bytes) {
    return {{.data = "\"" + std::string(bytes, 'x') + "\""}};
}

struct GivenAFullDisk : GivenADirectory {
    GivenAFullDisk() {
        config.segments = 8;
        config.pending_bytes_max = 128u << 10;
        open();
        append(order, numbered(3));
        full_.emplace(FaultPlan{.call = FaultyCall::write,
                                .and_all_after = true,
                                .error = ENOSPC,
                                .path_part = "events-"});
    }
    void make_room() { full_.reset(); }
    // Appends until one is refused; what it was refused with.
    error_code append_until_refused() {
        for (int i = 0; i < 1000; ++i) {
            const auto outcome = commit({appending(order, of_bytes(3000))});
            if (outcome.error) {
                return outcome.error;
            }
            ++accepted;
        }
        return {};
    }
    // The settler tries again every second. A round that succeeds makes room first, and then says
    // that all is well.
    void append_in_the_end() {
        while (commit({appending(order, of_bytes(100))}).error) {
            std::this_thread::yield();
        }
        while (!store().stats().accepting) {
            std::this_thread::yield();
        }
    }

    std::uint64_t accepted = 0;

private:
    std::optional<Injection> full_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_small_map, GivenADirectory)

BOOST_AUTO_TEST_CASE(when_more_settles_than_fits_then_the_map_grows_and_nothing_is_lost) {
    config.map_bytes = 256u << 10;
    config.pending_bytes_max = 128u << 10;
    open();
    for (int i = 0; i < 300; ++i) {
        append({"order", std::to_string(i % 40)}, of_bytes(3000));
    }
    settle();
    BOOST_TEST(store().stats().bytes_file > config.map_bytes);
    BOOST_TEST(store().stats().events == 300u);
    check_consistency();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_full_disk, GivenAFullDisk)

BOOST_AUTO_TEST_CASE(when_nothing_can_settle_then_appends_go_on_to_the_bound_and_reads_beyond) {
    BOOST_TEST((append_until_refused() == storage_errc::disk_full));
    BOOST_TEST(accepted > 20u);
    BOOST_TEST(accepted < 200u);
    BOOST_TEST(read_all(order).size() == 3 + accepted);
    BOOST_TEST(events_in_feed(order) == 3 + accepted);
    const auto stats = store().stats();
    BOOST_TEST(!stats.accepting);
    BOOST_TEST(stats.condition.find("No space") != std::string::npos);
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_there_is_room_again_then_appends_work_without_reopening) {
    BOOST_TEST((append_until_refused() == storage_errc::disk_full));
    make_room();
    append_in_the_end();
    BOOST_TEST(store().stats().condition == "");
    BOOST_TEST(store().stats().accepting);
    BOOST_TEST(read_all(order).size() == 4 + accepted);
    check_consistency();
    reopen();
    BOOST_TEST(read_all(order).size() == 4 + accepted);
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_it_is_said_then_it_is_said_once) {
    BOOST_TEST((append_until_refused() == storage_errc::disk_full));
    BOOST_TEST((append_until_refused() == storage_errc::disk_full));
    std::size_t said = 0;
    for (const auto& report : reports()) {
        said += report.find("No space") != std::string::npos ? 1 : 0;
    }
    BOOST_TEST(said == 1u);
}

BOOST_AUTO_TEST_CASE(when_the_store_is_closed_then_what_did_not_settle_is_in_the_journal) {
    (void)append_until_refused();
    close();
    make_room();
    open();
    BOOST_TEST(read_all(order).size() == 3 + accepted);
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_a_prefix_is_cut_then_it_answers_disk_full_and_nothing_is_cut) {
    BOOST_TEST((store().cut(order, Version{2}).error() == storage_errc::disk_full));
    BOOST_TEST(read_all(order).size() == 3u);
    make_room();
    while (!store().cut(order, Version{2})) {
        std::this_thread::yield();
    }
    BOOST_TEST(read_all(order).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_failing_disk, GivenAJournaledStore)

BOOST_AUTO_TEST_CASE(when_a_sync_of_the_journal_fails_then_a_fresh_segment_takes_the_record) {
    close();
    Injection fault({.call = FaultyCall::sync,
                     .nth = UINT64_MAX,
                     .path_part = "journal",
                     .refuse_direct = true});
    open();
    append(order, numbered(1));
    const auto before = fault.calls();
    fault.lift();
    Injection failing({.call = FaultyCall::sync, .path_part = "journal", .refuse_direct = true});
    BOOST_TEST(before > 0u);
    append(order, numbered(1));
    BOOST_TEST(failing.strikes() == 1u);
    BOOST_TEST(reports().size() == 1u);
    failing.lift();
    append(order, numbered(1));
    crash();
    open();
    BOOST_TEST(read_all(order).size() == 3u);
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_no_segment_can_be_written_then_appends_answer_and_the_next_one_works) {
    append(order, numbered(1));
    {
        Injection fault({.call = FaultyCall::write, .and_all_after = true, .path_part = "journal"});
        const auto outcome = commit({appending(order, numbered(2)), appending(other, numbered(1))});
        BOOST_TEST((outcome.error == storage_errc::io_failed));
        BOOST_TEST(read_all(order).size() == 1u);
    }
    BOOST_TEST(append(order, numbered(1)).version == Version{2});
    BOOST_TEST(append(other, numbered(1)).position == Position{3});
    check_consistency();
    crash();
    open();
    BOOST_TEST(read_all(order).size() == 2u);
    BOOST_TEST(read_all(other).size() == 1u);
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_lmdb_cannot_sync_for_a_while_then_it_settles_afterwards) {
    for (int i = 0; i < 10; ++i) {
        append({"order", std::to_string(i)}, numbered(5));
    }
    {
        Injection fault({.call = FaultyCall::sync, .and_all_after = true, .path_part = "events-"});
        BOOST_TEST((store().cut({"order", "1"}, Version{1}).error() == storage_errc::store_failed));
        check_consistency();
    }
    while (!store().cut({"order", "1"}, Version{1})) {
        std::this_thread::yield();
    }
    check_consistency();
    reopen();
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_lmdbs_meta_page_cannot_be_written_then_reads_go_on_and_it_recovers) {
    append(order, numbered(5));
    settle();
    append(order, numbered(5));
    for (std::uint64_t nth = 1; nth <= 4; ++nth) {
        Injection fault(
            {.call = FaultyCall::write, .nth = nth, .and_all_after = true, .path_part = "events-"});
        append(order, numbered(1));
        BOOST_TEST(!store().cut(order, Version{5 + nth}).has_value());
        BOOST_TEST(read_all(order).size() >= 5u);
        fault.lift();
        while (!store().cut(order, Version{5 + nth})) {
            std::this_thread::yield();
        }
        check_consistency();
    }
    reopen();
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_the_file_cannot_be_opened_again_then_reads_fail_and_then_recover) {
    append(order, numbered(20));
    settle();
    append(order, numbered(1));
    std::optional<Injection> failing;
    failing.emplace(FaultPlan{.call = FaultyCall::write,
                              .and_all_after = true,
                              .path_part = "events-",
                              .after_sync = true});
    const auto away = path().string() + "-away";
    fs::rename(path(), away);
    BOOST_TEST(!store().cut(order, Version{21}).has_value());
    BOOST_TEST(failing->strikes() > 0u);
    BOOST_TEST((store().read(order, {}).error() == storage_errc::io_failed));
    BOOST_TEST((commit({appending({"new", "1"}, numbered(1))}).error == storage_errc::io_failed));
    BOOST_TEST(!store().stats().accepting);
    fs::rename(away, path());
    failing.reset();
    while (!store().cut(order, Version{21})) {
        std::this_thread::yield();
    }
    BOOST_TEST(read_all(order).empty());
    check_consistency();
    reopen();
    check_consistency();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_room_for_few_heads, GivenADirectory)

BOOST_AUTO_TEST_CASE(when_streams_come_and_go_then_every_answer_stays_right) {
    config.heads_max = 4;
    config.pending_bytes_max = 32u << 10;
    open();
    auto random = Random::announced("few heads");
    std::map<StreamName, std::uint64_t> versions;
    for (int i = 0; i < 1500; ++i) {
        const StreamName name{"order", std::to_string(random.below(60))};
        auto& version = versions[name];
        const auto expected = random.percent(10) ? Expected::exactly(Version{version + 1})
                                                 : Expected::exactly(Version{version});
        const auto outcome = commit({appending(name, of_bytes(50), expected)});
        BOOST_TEST_REQUIRE(outcome.error.failed() == (expected.version != Version{version}));
        version += outcome.error ? 0 : 1;
        const auto asked = StreamName{"order", std::to_string(random.below(60))};
        BOOST_TEST_REQUIRE(store().head_version(asked).value() == Version{versions[asked]});
    }
    check_consistency();
    settle();
    append(order, numbered(1));
    BOOST_TEST(store().stats().heads_cached <= 5u);
    check_consistency();
}

BOOST_AUTO_TEST_SUITE_END()

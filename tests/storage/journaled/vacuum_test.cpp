// A vacuum makes the file smaller and changes nothing that can be read, whatever happens between
// its steps.
#include "tests/storage/journaled/given_a_store_with_garbage.hpp"
#include "tests/support/random.hpp"

#include <atomic>
#include <thread>
#include <vector>

using namespace firn;
using namespace firn::test;

BOOST_FIXTURE_TEST_SUITE(given_a_store_with_garbage, GivenAStoreWithGarbage)

BOOST_AUTO_TEST_CASE(
    when_it_was_reclaimed_and_is_vacuumed_then_the_file_shrinks_and_reads_the_same) {
    make_garbage();
    reclaim_all();
    const Contents before(store());
    const auto stats = store().stats();
    const auto needs = store().vacuum_needs();
    BOOST_REQUIRE(needs.has_value());
    BOOST_TEST(needs->bytes_file == stats.bytes_file);
    BOOST_TEST(needs->bytes_live == stats.bytes_live);
    BOOST_TEST(needs->bytes_needed > needs->bytes_live);
    BOOST_TEST(needs->has_room());
    const auto progress = vacuum();
    BOOST_TEST(progress.bytes_before == stats.bytes_file);
    BOOST_TEST(progress.bytes_after < stats.bytes_file / 2);
    BOOST_TEST(progress.items_copied > 0u);
    const auto after = store().stats();
    BOOST_TEST(after.bytes_file == progress.bytes_after);
    BOOST_TEST(after.bytes_live <= stats.bytes_live);
    BOOST_TEST(after.bytes_live + after.bytes_free == after.bytes_file);
    BOOST_TEST((Contents(store()) == before));
    BOOST_TEST(current() == "events-2.mdb");
    BOOST_TEST(has_only_the_current_file());
    reopen();
    BOOST_TEST((Contents(store()) == before));
    check_sound();
}

BOOST_AUTO_TEST_CASE(when_it_was_not_reclaimed_then_garbage_is_left_behind_all_the_same) {
    make_garbage();
    const Contents before(store());
    BOOST_TEST(store().stats().reclaim_waiting > 30u);
    vacuum();
    BOOST_TEST((Contents(store()) == before));
    // What straddles the end of a cut is for reclaiming.
    BOOST_TEST(store().stats().reclaim_waiting <= 10u);
    const auto chunks = records(lmdb::Table::chunks);
    check_sound();
    reclaim_all();
    BOOST_TEST(store().stats().reclaim_waiting == 0u);
    BOOST_TEST(records(lmdb::Table::chunks) <= chunks);
    BOOST_TEST((Contents(store()) == before));
    check_sound();
}

BOOST_AUTO_TEST_CASE(when_positions_died_then_their_index_goes_and_the_feed_finds_the_rest) {
    for (int i = 0; i < 20; ++i) {
        append({"short", "lived"}, numbered(100));
    }
    append({"long", "lived"}, numbered(3));
    delete_stream({"short", "lived"});
    make_garbage();
    const auto before_records = records(lmdb::Table::positions);
    const Contents before(store());
    vacuum();
    BOOST_TEST(records(lmdb::Table::positions) < before_records - 10);
    BOOST_TEST((Contents(store()) == before));
    check_sound();
    append(nth(1), numbered(300));
    settle_all();
    check_consistency();
    check_sound();
}

BOOST_AUTO_TEST_CASE(when_everything_was_deleted_then_the_feed_is_its_stand_ins) {
    for (std::uint64_t i = 0; i < 40; ++i) {
        delete_stream(nth(i));
    }
    for (std::uint64_t i = 0; i < 10; ++i) {
        delete_stream({"account", std::to_string(i)});
    }
    settle_all();
    delete_stream({"settled", "1"});
    const auto feed = feed_all();
    BOOST_TEST(feed.size() == 51u);
    vacuum();
    BOOST_TEST((feed_all() == feed));
    append({"later", "1"}, numbered(1));
    reopen();
    BOOST_TEST(feed_all().size() == 52u);
    check_sound();
}

BOOST_AUTO_TEST_CASE(when_the_store_lives_on_between_steps_then_all_of_it_survives) {
    make_garbage();
    auto random = Random::announced("between steps of a vacuum");
    for (int run = 0; run < 8; ++run) {
        auto vacuum = begin();
        std::uint64_t steps = 0;
        const auto is_done = [&] {
            const auto progress = vacuum->step(0ms);
            BOOST_REQUIRE_MESSAGE(progress.has_value(), progress.error().message());
            ++steps;
            return progress->is_done();
        };
        while (!is_done()) {
            const StreamName stream{"order", std::to_string(random.below(60))};
            const auto head = store().head_version(stream);
            if (head && random.percent(30)) {
                append(stream, {client_event(++id), client_event(++id)});
            }
            if (head && head->value() > 1 && random.percent(5)) {
                cut(stream, Version{random.between(1, head->value())});
            }
            if (head && head->value() > 1 && random.percent(5)) {
                save(stream, {head->value()});
            }
            if (head && *head != no_version && random.percent(1)) {
                delete_stream(stream);
            }
            if (random.percent(5)) {
                put("between" + std::to_string(random.below(5)), std::to_string(steps));
            }
            if (random.percent(2)) {
                BOOST_REQUIRE(store().reclaim(100).has_value());
            }
        }
        BOOST_TEST(steps > 5u);
        const Contents after(store());
        BOOST_TEST(has_only_the_current_file());
        check_consistency();
        vacuum.reset();  // it must not outlive the store
        reopen();
        BOOST_TEST((Contents(store()) == after));
        check_sound();
    }
}

BOOST_AUTO_TEST_CASE(when_events_are_pending_then_they_settle_into_the_new_file) {
    auto vacuum = begin();
    append(nth(0), numbered(20));
    append({"new", "one"}, {client_event(++id)});
    delete_stream(nth(1));
    BOOST_TEST(store().stats().pending_events > 0u);
    const Contents before(store());
    finish(*vacuum);
    BOOST_TEST(store().stats().pending_events > 0u);
    BOOST_TEST((Contents(store()) == before));
    crash([&] { vacuum.reset(); });
    open();
    BOOST_TEST((Contents(store()) == before));
    settle();
    BOOST_TEST((Contents(store()) == before));
    check_sound();
}

BOOST_AUTO_TEST_CASE(when_it_is_abandoned_then_nothing_of_it_stays) {
    const Contents before(store());
    {
        const auto vacuum = begin();
        BOOST_TEST(!vacuum->step(0ms)->is_done());
        BOOST_TEST(files().size() == 2u);
    }
    BOOST_TEST(current() == "events-1.mdb");
    BOOST_TEST(has_only_the_current_file());
    append(nth(0), numbered(1));
    reopen();
    vacuum();
    BOOST_TEST(has_only_the_current_file());
    check_sound();
}

BOOST_AUTO_TEST_CASE(when_it_is_begun_twice_then_the_second_is_refused_until_the_first_is_gone) {
    {
        const auto first = begin();
        BOOST_TEST((store().begin_vacuum().error() == storage_errc::already_running));
        finish(*first);
        BOOST_TEST(first->step(0ms)->is_done());
    }
    vacuum();
    BOOST_TEST(current() == "events-3.mdb");
}

BOOST_AUTO_TEST_CASE(when_others_read_all_the_time_then_each_read_is_right) {
    make_garbage();
    const Contents before(store());
    const auto feed = feed_all();
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> reads{0};
    std::atomic<std::uint64_t> wrong{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!done) {
                const auto page =
                    store().feed({.limit = 1'000'000, .bytes_max = 1u << 30, .scan_max = 1u << 30});
                wrong += !page || seen(*page) != feed ? 1 : 0;
                const auto stream = store().read(nth(39), {});
                wrong += !stream || stream->events.size() != 60 ? 1 : 0;
                ++reads;
            }
        });
    }
    for (int i = 0; i < 5; ++i) {
        vacuum();
        const auto seen_reads = reads.load();
        while (reads.load() < seen_reads + 3) {
            std::this_thread::yield();
        }
    }
    done = true;
    for (auto& reader : readers) {
        reader.join();
    }
    BOOST_TEST(wrong == 0u);
    BOOST_TEST((Contents(store()) == before));
    BOOST_TEST(has_only_the_current_file());
}

BOOST_AUTO_TEST_CASE(when_it_crashed_before_the_switch_then_the_old_file_is_the_only_one) {
    make_garbage();
    const Contents before(store());
    auto vacuum = begin();
    while (vacuum->step(0ms)->phase == VacuumProgress::Phase::copying) {
    }
    crash([&] { vacuum.reset(); });
    open();
    BOOST_TEST(current() == "events-1.mdb");
    BOOST_TEST(has_only_the_current_file());
    BOOST_TEST((Contents(store()) == before));
    check_sound();
}

BOOST_AUTO_TEST_CASE(when_it_crashed_behind_the_switch_then_the_new_file_is_the_only_one) {
    make_garbage();
    fs::copy(path() / "events-1.mdb", path().parent_path() / "kept.mdb");
    const Contents before(store());
    vacuum();
    close();
    fs::rename(path().parent_path() / "kept.mdb", path() / "events-1.mdb");
    open();
    BOOST_TEST(current() == "events-2.mdb");
    BOOST_TEST(has_only_the_current_file());
    BOOST_TEST((Contents(store()) == before));
}

BOOST_AUTO_TEST_CASE(when_current_names_a_file_that_is_gone_then_no_other_file_is_touched) {
    close();
    write_text(path() / "CURRENT", "events-7.mdb\n");
    BOOST_TEST((refusal().first == StorageFailure::Cause::damaged));
    BOOST_TEST(fs::exists(path() / "events-1.mdb"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_store_of_the_format_before, GivenAStoreWithGarbage)

BOOST_AUTO_TEST_CASE(when_it_is_used_then_it_keeps_its_format_until_it_is_vacuumed) {
    const auto format = [&] { return text_of(path() / "FORMAT").substr(0, 6); };
    const auto record_format = [&] {
        close();
        std::uint32_t found = 0;
        {
            const lmdb::Environment environment(path() / current(), config.map_bytes);
            found = lmdb::read_store(environment.read()).value().format;
        }
        open();
        return found;
    };
    make_garbage();
    close();
    auto text = text_of(path() / "FORMAT");
    text[5] = '2';
    write_text(path() / "FORMAT", text);
    {
        lmdb::Environment environment(path() / current(), config.map_bytes);
        auto transaction = environment.write();
        auto record = lmdb::read_store(transaction).value();
        record.format = 2;
        lmdb::write_store(transaction, record);
        transaction.commit();
    }
    open();
    append(nth(1), numbered(1));
    settle_all();
    BOOST_TEST(format() == "firn 2");
    BOOST_TEST(record_format() == 2u);
    const Contents before(store());
    vacuum();
    BOOST_TEST(format() == "firn 3");
    BOOST_TEST(record_format() == 3u);
    BOOST_TEST((Contents(store()) == before));
    check_sound();
}

BOOST_AUTO_TEST_SUITE_END()

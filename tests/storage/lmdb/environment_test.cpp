// The map grows, and files are exchanged, when readers are gone; a reader that died holds nothing
// back; keys that are written are noted for whoever asks.
#include "tests/storage/lmdb/given_an_environment.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

using namespace firn;
using namespace firn::lmdb;
using namespace firn::test;

namespace {

struct GivenAFullMap : GivenAnEnvironment {
    // Writes until the map has no room.
    void fill() {
        try {
            for (std::uint64_t i = 0;; ++i) {
                write([&](WriteTransaction& transaction) {
                    transaction.put(Table::chunks, stream_key(StreamNumber{i}),
                                    std::string(20'000, 'x'));
                });
            }
        } catch (const LmdbError& error) {
            BOOST_REQUIRE(error.map_is_full());
        }
    }
};

MDB_envinfo info_of(MDB_txn* transaction) {
    MDB_envinfo info{};
    mdb_env_info(mdb_txn_env(transaction), &info);
    return info;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_an_environment, GivenAnEnvironment)

BOOST_AUTO_TEST_CASE(when_a_transaction_is_not_committed_then_nothing_of_it_stays) {
    {
        auto transaction = environment.write();
        transaction.put(Table::meta, "a", "1");
    }
    BOOST_TEST(!environment.read().get(Table::meta, "a").has_value());
}

BOOST_AUTO_TEST_CASE(when_it_is_opened_again_then_what_was_committed_is_there) {
    write([](WriteTransaction& transaction) { transaction.put(Table::meta, "a", "1"); });
    environment.reopen();
    BOOST_TEST(environment.read().get(Table::meta, "a").value() == "1");
}

BOOST_AUTO_TEST_CASE(when_it_cannot_be_opened_again_then_transactions_fail_until_it_can) {
    write([](WriteTransaction& transaction) { transaction.put(Table::meta, "a", "1"); });
    const auto away = directory.path().string() + "-away";
    std::filesystem::rename(directory.path(), away);
    BOOST_CHECK_THROW(environment.reopen(), LmdbError);
    BOOST_CHECK_THROW((void)environment.read(), LmdbError);
    BOOST_CHECK_THROW((void)environment.write(), LmdbError);
    BOOST_CHECK_THROW((void)environment.space(), LmdbError);
    BOOST_CHECK_THROW(environment.drop_stale_readers(), LmdbError);
    BOOST_TEST((environment.oldest_reader() == std::chrono::milliseconds{0}));
    std::filesystem::rename(away, directory.path());
    environment.reopen();
    BOOST_TEST(environment.read().get(Table::meta, "a").value() == "1");
}

BOOST_AUTO_TEST_CASE(when_a_key_is_sought_then_neighbours_are_found_on_either_side) {
    write([](WriteTransaction& transaction) {
        for (const std::uint64_t number : {10u, 20u, 300u}) {
            transaction.put(Table::chunks, stream_key(StreamNumber{number}), "x");
        }
    });
    const auto transaction = environment.read();
    Cursor cursor(transaction, Table::chunks);
    const auto at_most = [&](std::uint64_t number) {
        return cursor.seek_at_most(stream_key(StreamNumber{number})) ? key_number(cursor.key(), 0)
                                                                     : 0;
    };
    BOOST_TEST(at_most(9) == 0u);
    BOOST_TEST(at_most(10) == 10u);
    BOOST_TEST(at_most(19) == 10u);
    BOOST_TEST(at_most(299) == 20u);
    BOOST_TEST(at_most(UINT64_MAX) == 300u);
}

BOOST_AUTO_TEST_CASE(when_a_key_is_sought_ahead_then_the_first_one_at_or_behind_it_comes) {
    write([](WriteTransaction& transaction) {
        for (std::uint64_t i = 10; i <= 100; i += 10) {
            transaction.put(Table::streams, stream_key(StreamNumber{i}), "x");
        }
    });
    const auto transaction = environment.read();
    for (const unsigned tries : {0u, 1u, 3u, 100u}) {
        for (std::uint64_t from = 10; from <= 100; from += 10) {
            for (std::uint64_t to = from + 1; to <= 101; ++to) {
                Cursor cursor(transaction, Table::streams);
                BOOST_REQUIRE(cursor.seek(stream_key(StreamNumber{from})));
                const bool found = cursor.seek_ahead(stream_key(StreamNumber{to}), tries);
                BOOST_TEST_REQUIRE(found == (to <= 100));
                if (found) {
                    BOOST_TEST_REQUIRE(key_number(cursor.key(), 0) == (to + 9) / 10 * 10);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_process_died_while_reading_then_its_slot_is_freed) {
    write([](WriteTransaction& transaction) { transaction.put(Table::meta, "a", "1"); });
    int ready[2];
    BOOST_REQUIRE(::pipe(ready) == 0);
    const auto child = ::fork();
    if (child == 0) {
        // LMDB forbids using the parent's environment here.
        Environment own(directory.path() / "events.mdb", std::size_t{1} << 20);
        const auto transaction = own.read();
        (void)!::write(ready[1], "r", 1);
        for (;;) {
            ::pause();
        }
    }
    char byte = 0;
    BOOST_REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::kill(child, SIGKILL);
    BOOST_REQUIRE(::waitpid(child, nullptr, 0) == child);
    ::close(ready[0]);
    ::close(ready[1]);

    int dead = 0;
    environment.drop_stale_readers();
    mdb_reader_check(mdb_txn_env(environment.read().handle()), &dead);
    BOOST_TEST(dead == 0);
    // Its pages are used again: rewriting the same value does not grow the file.
    const auto rewrite = [&](int times) {
        for (int i = 0; i < times; ++i) {
            write([&](WriteTransaction& transaction) {
                transaction.put(Table::meta, "a", std::string(50'000, 'x'));
            });
        }
        return info_of(environment.read().handle()).me_last_pgno;
    };
    const auto before = rewrite(10);
    BOOST_TEST(rewrite(50) == before);
}

BOOST_AUTO_TEST_CASE(when_files_are_exchanged_then_each_environment_has_the_others) {
    write([](WriteTransaction& transaction) { transaction.put(Table::meta, "a", "1"); });
    Environment other(directory.path() / "other.mdb", std::size_t{2} << 20, Access::copying);
    {
        auto transaction = other.write();
        transaction.put(Table::meta, "a", "2");
        transaction.commit();
    }
    other.make_durable();
    environment.exchange(other);
    BOOST_TEST(environment.read().get(Table::meta, "a").value() == "2");
    BOOST_TEST(other.read().get(Table::meta, "a").value() == "1");
    BOOST_TEST(environment.map_bytes() == std::size_t{2} << 20);
    environment.reopen();
    BOOST_TEST(environment.read().get(Table::meta, "a").value() == "2");
}

BOOST_AUTO_TEST_CASE(when_keys_are_noted_then_committed_ones_come_and_others_do_not) {
    const auto touched = std::make_shared<TouchedKeys>(std::size_t{1} << 20);
    write([](WriteTransaction& transaction) {
        transaction.put(Table::meta, "before", "1");
        transaction.put(Table::ids, "to go", "1");
    });
    environment.note_keys(touched);
    {
        auto transaction = environment.write();
        transaction.put(Table::meta, "given up", "1");
    }
    write([&](WriteTransaction& transaction) {
        transaction.put(Table::meta, "put", "1");
        BOOST_TEST(touched->waiting() == 0u);
        transaction.append(Table::chunks, "appended", "1");
        transaction.erase(Table::meta, "before");
        Cursor cursor(transaction, Table::ids);
        BOOST_TEST(cursor.first());
        cursor.erase();
    });
    auto keys = touched->take();
    std::ranges::sort(keys);
    const std::vector<TouchedKey> expected = {{Table::meta, "before"},
                                              {Table::meta, "put"},
                                              {Table::chunks, "appended"},
                                              {Table::ids, "to go"}};
    BOOST_TEST((keys == expected));
    BOOST_TEST(touched->is_complete());
}

BOOST_AUTO_TEST_CASE(when_more_keys_are_touched_than_are_kept_then_it_says_that_some_are_missing) {
    const auto touched = std::make_shared<TouchedKeys>(1000);
    environment.note_keys(touched);
    for (std::uint64_t i = 0; touched->is_complete(); ++i) {
        BOOST_TEST_REQUIRE(i < 1000u);
        write([&](WriteTransaction& transaction) {
            transaction.put(Table::streams, stream_key(StreamNumber{i}), "x");
        });
    }
    BOOST_TEST(touched->waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(when_readers_overlap_without_end_then_the_gate_is_had_alone_all_the_same) {
    write([](WriteTransaction& transaction) { transaction.put(Table::meta, "a", "1"); });
    std::atomic<bool> done{false};
    std::atomic<int> inside{0};
    // Each stays until another one reads, too, unless somebody wants them out.
    const auto reads = [&] {
        while (!done) {
            const auto transaction = environment.read();
            ++inside;
            for (int i = 0; i < 1000 && inside < 2; ++i) {
                std::this_thread::yield();
            }
            --inside;
        }
    };
    std::thread first(reads);
    std::thread second(reads);
    for (int i = 0; i < 20; ++i) {
        environment.reopen();
    }
    done = true;
    first.join();
    second.join();
    BOOST_TEST(environment.read().get(Table::meta, "a").value() == "1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_full_map, GivenAFullMap)

BOOST_AUTO_TEST_CASE(when_it_grows_then_writing_goes_on_and_nothing_is_lost) {
    fill();
    const auto before = environment.map_bytes();
    environment.grow();
    BOOST_TEST(environment.map_bytes() == 2 * before);
    write([](WriteTransaction& transaction) {
        transaction.put(Table::meta, "more", std::string(20'000, 'y'));
    });
    BOOST_TEST(environment.read().get(Table::chunks, stream_key(StreamNumber{0})).has_value());
}

BOOST_AUTO_TEST_CASE(when_somebody_reads_then_growing_waits_for_the_end_of_it) {
    fill();
    std::promise<void> reading;
    std::promise<void> may_end;
    std::atomic<bool> reader_ended{false};
    std::atomic<bool> value_stayed{false};
    std::thread reader([&] {
        const auto transaction = environment.read();
        const auto value = transaction.get(Table::chunks, stream_key(StreamNumber{0})).value();
        reading.set_value();
        may_end.get_future().wait();
        value_stayed = value == std::string(20'000, 'x');
        reader_ended = true;
    });
    reading.get_future().wait();
    std::thread ends_the_reader([&] { may_end.set_value(); });
    environment.grow();
    BOOST_TEST(reader_ended);
    BOOST_TEST(value_stayed);
    ends_the_reader.join();
    reader.join();
}

BOOST_AUTO_TEST_SUITE_END()

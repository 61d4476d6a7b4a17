// Opening a directory that is in use, cannot be written, is damaged, newer, or somebody else's.
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/records.hpp"
#include "tests/storage/journaled/given_a_journaled_store.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

using namespace firn;
using namespace firn::test;
using Cause = StorageFailure::Cause;

namespace {

struct GivenAClosedStore : GivenADirectory {
    GivenAClosedStore() {
        open();
        append(order, numbered(3));
        close();
    }
    bool refuses(Cause cause, std::initializer_list<std::string> words) {
        const auto [found, sentence] = refusal();
        BOOST_TEST_MESSAGE(sentence);
        return found == cause && std::ranges::all_of(words, [&](const std::string& word) {
                   return sentence.find(word) != std::string::npos;
               });
    }
    // Changes the store's own record in LMDB.
    template <class Change>
    void change_store_record(const Change& change) {
        lmdb::Environment environment(path() / "events-1.mdb", config.map_bytes);
        auto transaction = environment.write();
        change(transaction);
        transaction.commit();
    }
};

// Runs `step` in another process; what it returns is the exit status.
template <class Step>
int in_another_process(const Step& step) {
    const auto child = ::fork();
    if (child == 0) {
        int status = 99;
        try {
            status = step();
        } catch (...) {
        }
        ::_exit(status);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_store_in_use, GivenAJournaledStore)

BOOST_AUTO_TEST_CASE(when_another_process_opens_it_then_it_is_refused_with_the_owners_pid) {
    const auto owner = "pid " + std::to_string(::getpid());
    const int status = in_another_process([&] {
        try {
            auto second = open_journaled_store(config);
            return 1;
        } catch (const StorageFailure& failure) {
            const std::string sentence = failure.what();
            return failure.cause() == Cause::in_use && sentence.find(owner) != std::string::npos &&
                           sentence.find(path().string()) != std::string::npos
                       ? 0
                       : 2;
        }
    });
    BOOST_TEST(status == 0);
    append(order, numbered(1));
}

BOOST_AUTO_TEST_CASE(when_it_is_opened_twice_in_one_process_then_the_second_is_refused) {
    BOOST_CHECK_THROW((void)open_journaled_store(config), StorageFailure);
    append(order, numbered(1));
    BOOST_TEST(read_all(order).size() == 1u);
}

BOOST_AUTO_TEST_CASE(when_it_was_closed_then_another_process_may_open_it) {
    append(order, numbered(2));
    close();
    const int status = in_another_process([&] {
        auto next = open_journaled_store(config);
        return next->head_position() == Position{2} ? 0 : 1;
    });
    BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_directory_that_cannot_be_written, GivenADirectory)

BOOST_AUTO_TEST_CASE(when_its_parent_is_a_file_then_it_is_refused_by_name) {
    fs::create_directories(path().parent_path());
    write_text(path(), "a file");
    config.directory = path() / "below";
    const auto [cause, sentence] = refusal();
    BOOST_TEST((cause == Cause::not_writable));
    BOOST_TEST(sentence.find(path().string()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_it_belongs_to_somebody_else_then_it_is_refused) {
    open();
    close();
    if (::geteuid() != 0) {
        return;  // permissions of another user cannot be made without being root
    }
    fs::permissions(path().parent_path(), fs::perms::all);
    for (const auto mode : {fs::perms{0755}, fs::perms{0}}) {
        fs::permissions(path(), mode);
        const int status = in_another_process([&] {
            if (::setegid(65534) != 0 || ::seteuid(65534) != 0) {
                return 3;
            }
            try {
                auto store = open_journaled_store(config);
                return 1;
            } catch (const StorageFailure& failure) {
                return failure.cause() == Cause::not_writable ? 0 : 2;
            }
        });
        BOOST_TEST(status == 0);
    }
    fs::permissions(path(), fs::perms{0700});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_directory_that_is_no_store, GivenADirectory)

BOOST_AUTO_TEST_CASE(when_it_holds_other_files_then_it_is_refused_and_left_alone) {
    fs::create_directories(path());
    write_text(path() / "thesis.tex", "mine");
    const auto [cause, sentence] = refusal();
    BOOST_TEST((cause == Cause::damaged));
    BOOST_TEST(sentence.find("thesis.tex") != std::string::npos);
    BOOST_TEST(!fs::exists(path() / "FORMAT"));
}

BOOST_AUTO_TEST_CASE(when_it_is_empty_then_a_store_is_made) {
    fs::create_directories(path());
    open();
    append(order, numbered(1));
}

BOOST_AUTO_TEST_CASE(when_making_a_store_was_interrupted_then_it_is_finished) {
    fs::create_directories(path());
    write_text(path() / "CURRENT", "events-1.mdb\n");
    write_text(path() / "FORMAT.new", "fir");
    open();
    append(order, numbered(1));
    reopen();
    BOOST_TEST(read_all(order).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_closed_store, GivenAClosedStore)

BOOST_AUTO_TEST_CASE(when_its_format_is_newer_then_it_is_refused) {
    auto text = text_of(path() / "FORMAT");
    text.replace(text.find(' ') + 1, 1, "4");
    write_text(path() / "FORMAT", text);
    BOOST_TEST(refuses(Cause::newer_format, {path().string(), "format 4", "newer"}));
}

BOOST_AUTO_TEST_CASE(when_its_format_is_older_then_it_is_refused_and_left_alone) {
    auto text = text_of(path() / "FORMAT");
    text.replace(text.find(' ') + 1, 1, "1");
    write_text(path() / "FORMAT", text);
    BOOST_TEST(refuses(Cause::older_format, {path().string(), "format 1", "another directory"}));
    BOOST_TEST(text_of(path() / "FORMAT") == text);
}

BOOST_AUTO_TEST_CASE(when_the_clock_was_set_back_since_then_new_events_are_not_earlier) {
    const auto later = now() + std::chrono::hours{1};
    change_store_record([&](lmdb::WriteTransaction& transaction) {
        auto record = lmdb::read_store(transaction).value();
        record.last_time = later;
        lmdb::write_store(transaction, record);
    });
    open();
    BOOST_TEST((append(order, numbered(1)).recorded_at >= later));
}

BOOST_AUTO_TEST_CASE(when_its_file_is_newer_then_it_is_refused) {
    change_store_record([](lmdb::WriteTransaction& transaction) {
        auto record = lmdb::read_store(transaction).value();
        record.format = 9;
        lmdb::write_store(transaction, record);
    });
    BOOST_TEST(refuses(Cause::newer_format, {"events-1.mdb", "format 9"}));
}

BOOST_AUTO_TEST_CASE(when_its_file_is_another_stores_then_it_is_refused) {
    change_store_record([](lmdb::WriteTransaction& transaction) {
        auto record = lmdb::read_store(transaction).value();
        ++record.store;
        lmdb::write_store(transaction, record);
    });
    BOOST_TEST(refuses(Cause::damaged, {"events-1.mdb", "another store"}));
}

BOOST_AUTO_TEST_CASE(when_its_own_record_is_damaged_then_it_is_refused) {
    change_store_record([](lmdb::WriteTransaction& transaction) {
        transaction.put(lmdb::Table::meta, "store", std::string(64, 'x'));
    });
    BOOST_TEST(refuses(Cause::damaged, {"events-1.mdb"}));
}

BOOST_AUTO_TEST_CASE(when_a_stream_that_the_journal_needs_is_damaged_then_it_is_refused) {
    open();
    append(order, numbered(1));
    crash();
    change_store_record([](lmdb::WriteTransaction& transaction) {
        transaction.put(lmdb::Table::streams, lmdb::stream_key(StreamNumber{1}), "nonsense");
    });
    BOOST_TEST(refuses(Cause::damaged, {path().string(), "stream number 1"}));
}

BOOST_AUTO_TEST_CASE(when_format_is_damaged_then_it_is_refused) {
    for (const char* text : {"", "firn", "firn x", "fern 1 0011", "firn 1 zz", "\xff\xff\xff"}) {
        write_text(path() / "FORMAT", text);
        BOOST_TEST(refuses(Cause::damaged, {"FORMAT"}), text);
    }
}

BOOST_AUTO_TEST_CASE(when_format_is_missing_then_it_is_not_made_anew) {
    fs::remove(path() / "FORMAT");
    BOOST_TEST(refuses(Cause::damaged, {"FORMAT", path().string()}));
}

BOOST_AUTO_TEST_CASE(when_current_is_missing_or_damaged_then_it_is_refused) {
    for (const char* text : {"", "\n", "../elsewhere\n"}) {
        write_text(path() / "CURRENT", text);
        BOOST_TEST(refuses(Cause::damaged, {"CURRENT"}), text);
    }
    fs::remove(path() / "CURRENT");
    BOOST_TEST(refuses(Cause::damaged, {"CURRENT"}));
}

BOOST_AUTO_TEST_CASE(when_the_events_file_is_missing_then_no_empty_one_takes_its_place) {
    fs::remove(path() / "events-1.mdb");
    BOOST_TEST(refuses(Cause::damaged, {"events-1.mdb"}));
    BOOST_TEST(!fs::exists(path() / "events-1.mdb"));
}

BOOST_AUTO_TEST_CASE(when_the_events_file_is_no_lmdb_file_then_it_is_refused) {
    write_text(path() / "events-1.mdb", std::string(16384, 'x'));
    BOOST_TEST(refuses(Cause::damaged, {"events-1.mdb"}));
}

BOOST_AUTO_TEST_CASE(when_a_journal_segment_is_damaged_then_it_is_refused_by_name) {
    for (const auto& file : fs::directory_iterator(path() / "journal")) {
        auto bytes = text_of(file.path());
        bytes[20] = '!';
        write_text(file.path(), bytes);
    }
    BOOST_TEST(refuses(Cause::damaged, {".segment", "damaged header"}));
}

BOOST_AUTO_TEST_SUITE_END()

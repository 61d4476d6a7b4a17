// A store with much to give back, and the words for vacuuming it.
// Thread: one. Errors: failed checks.
#pragma once

#include "storage/journaled/verify.hpp"
#include "storage/lmdb/records.hpp"
#include "tests/storage/journaled/given_a_journaled_store.hpp"
#include "tests/support/answer.hpp"
#include "tests/support/contents.hpp"
#include "tests/support/snapshot_builder.hpp"

#include <chrono>
#include <memory>
#include <set>
#include <string>

namespace firn::test {

using namespace std::chrono_literals;

// Streams order/0 to order/39 and account/0 to account/9, with everything that a store can hold.
struct GivenAStoreWithGarbage : GivenADirectory {
    GivenAStoreWithGarbage() {
        config.segment_bytes = 1u << 20;
        open();
        for (int round = 0; round < 4; ++round) {
            for (std::uint64_t i = 0; i < 40; ++i) {
                append(nth(i), numbered(15, i % 3 == 0 ? "Other" : "Happened"));
            }
            for (std::uint64_t i = 0; i < 10; ++i) {
                append({"account", std::to_string(i)},
                       {client_event(++id), client_event(++id), client_event(++id)});
            }
        }
        for (std::uint64_t i = 0; i < 10; ++i) {
            save(nth(i), {30, SnapshotKind::anchor});
            save(nth(i), {45});
            put("d" + std::to_string(i), std::string(200, 'd'));
        }
    }

    static StreamName nth(std::uint64_t i) { return {"order", std::to_string(i)}; }
    void save(const StreamName& stream, const TestSnapshot& wanted) {
        const Answer answer;
        store().snapshots().save(stream, snapshot_of(wanted), 2, answer.done());
        BOOST_REQUIRE(!answer.wait());
    }
    void put(const std::string& key, const std::string& text) {
        const Answer answer;
        store().documents().put(DocumentKind::category, key, text, answer.done());
        BOOST_REQUIRE(!answer.wait());
    }
    // Cuts ten streams, one of them to its end, and deletes twenty-five.
    void make_garbage() {
        for (std::uint64_t i = 0; i < 10; ++i) {
            cut(nth(i), Version{i == 9 ? 60 : 31 + i});
        }
        for (std::uint64_t i = 10; i < 35; ++i) {
            delete_stream(nth(i));
        }
        delete_stream({"account", "0"});
        settle_all();
    }
    // A cut that changes nothing waits for nothing; one of an unsettled version does.
    void settle_all() {
        const auto head = append({"settled", "1"}, numbered(1)).version;
        cut({"settled", "1"}, head);
    }
    void reclaim_all() {
        while (store().reclaim(10'000)->more) {
        }
    }

    std::unique_ptr<Vacuum> begin() {
        auto begun = store().begin_vacuum();
        BOOST_REQUIRE_MESSAGE(begun.has_value(), begun.error().message());
        return std::move(*begun);
    }
    static VacuumProgress finish(Vacuum& vacuum) {
        for (;;) {
            const auto progress = vacuum.step(5ms);
            BOOST_REQUIRE_MESSAGE(progress.has_value(), progress.error().message());
            if (progress->is_done()) {
                return *progress;
            }
        }
    }
    VacuumProgress vacuum() { return finish(*begin()); }

    std::string current() const {
        const auto text = text_of(path() / "CURRENT");
        return text.substr(0, text.find('\n'));
    }
    // LMDB files, without their reader tables.
    std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& file : fs::directory_iterator(path())) {
            const auto name = file.path().filename().string();
            if (name.starts_with("events-")) {
                names.insert(name.substr(0, name.find("-lock")));
            }
        }
        return names;
    }
    bool has_only_the_current_file() const { return files() == std::set<std::string>{current()}; }
    void check_sound() {
        close();
        const auto report = verify_store(path());
        for (const auto& problem : report.problems) {
            BOOST_ERROR(problem);
        }
        open();
    }
    std::uint64_t records(lmdb::Table table) {
        close();
        std::uint64_t count = 0;
        {
            const lmdb::Environment environment(path() / current(), config.map_bytes);
            const auto transaction = environment.read();
            lmdb::Cursor cursor(transaction, table);
            for (bool found = cursor.first(); found; found = cursor.next()) {
                ++count;
            }
        }
        open();
        return count;
    }

    std::uint64_t id = 0;
};

}  // namespace firn::test

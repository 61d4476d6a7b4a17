// The words of the journaled store's tests about snapshots and documents: a stream with ten events,
// what one saves of it, and how it is damaged.
// Thread: one. Errors: failed checks.
#pragma once

#include "storage/journaled/verify.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/records.hpp"
#include "storage/lmdb/snapshot_record.hpp"
#include "tests/storage/journaled/given_a_journaled_store.hpp"
#include "tests/support/answer.hpp"
#include "tests/support/snapshot_builder.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>

namespace firn::test {

struct GivenSnapshots : GivenADirectory {
    GivenSnapshots() {
        config.segment_bytes = 4u << 20;
        open();
        append(order, numbered(10));
    }

    Answer start_saving(const StreamName& stream, const TestSnapshot& wanted,
                        std::uint32_t keep = 2) {
        Answer answer;
        store().snapshots().save(stream, snapshot_of(wanted), keep, answer.done());
        return answer;
    }
    error_code save_error(const StreamName& stream, const TestSnapshot& wanted) {
        return start_saving(stream, wanted).wait();
    }
    void save(const TestSnapshot& wanted, const StreamName& stream = order) {
        const auto error = save_error(stream, wanted);
        BOOST_REQUIRE_MESSAGE(!error, error.message());
    }
    error_code put_error(const std::string& key, const std::string& text) {
        const Answer answer;
        store().documents().put(DocumentKind::category, key, text, answer.done());
        return answer.wait();
    }
    SnapshotLoad load(const StreamName& stream = order) {
        auto load = store().snapshots().load(stream, Version{UINT64_MAX}, 1);
        BOOST_REQUIRE(load.has_value());
        return std::move(*load);
    }
    Version loaded(const StreamName& stream = order) {
        const auto found = load(stream);
        return found.snapshot ? found.snapshot->facts.version : no_version;
    }

    // Changes what is on disk, while the store is closed.
    template <class Change>
    void change(const Change& change) {
        close();
        {
            lmdb::Environment environment(path() / "events-1.mdb", config.map_bytes);
            auto transaction = environment.write();
            change(transaction);
            transaction.commit();
        }
        open();
    }
    // Flips a bit in the middle of a record.
    void damage(lmdb::Table table, std::string_view key) {
        change([&](lmdb::WriteTransaction& transaction) {
            std::string bytes(transaction.get(table, key).value());
            bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
            transaction.put(table, key, bytes);
        });
    }
    StreamNumber number_of(const StreamName& stream) {
        close();
        StreamNumber number;
        {
            const lmdb::Environment environment(path() / "events-1.mdb", config.map_bytes);
            number = lmdb::find_stream(environment.read(), lmdb::name_key(stream)).value();
        }
        open();
        return number;
    }
    VerifyReport verified() {
        close();
        auto report = verify_store(path());
        open();
        return report;
    }
    // Some problem has all these words.
    bool finds(std::initializer_list<std::string> words) {
        return std::ranges::any_of(verified().problems, [&](const std::string& problem) {
            return std::ranges::all_of(words, [&](const std::string& word) {
                return problem.find(word) != std::string::npos;
            });
        });
    }
};

}  // namespace firn::test

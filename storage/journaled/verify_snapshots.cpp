#include "storage/journaled/verify_snapshots.hpp"

#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/records.hpp"
#include "storage/lmdb/snapshot_record.hpp"
#include "storage/lmdb/snapshots.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firn {

namespace {

using lmdb::Cursor;
using lmdb::Table;

// Keys may hold a zero between their parts.
std::string printable(std::string_view key) {
    std::string text(key);
    std::ranges::replace(text, '\0', '/');
    return text;
}

void verify_snapshot(const lmdb::Transaction& transaction, const Cursor& cursor, Table table,
                     VerifyReport& report) {
    const StreamNumber number{lmdb::key_number(cursor.key(), 0)};
    const Version version{lmdb::key_number(cursor.key(), 1)};
    const auto snapshot = lmdb::decode_snapshot(number, version, cursor.value());
    const auto record = lmdb::read_stream(transaction, number);
    const auto name =
        fmt::format("the {} of {} at version {}", table == Table::anchors ? "anchor" : "snapshot",
                    record ? record->name.category + "/" + record->name.id
                           : fmt::format("stream number {}", number.value()),
                    version.value());
    if (!snapshot) {
        report.add_problem(name + " does not check");
    } else if (!record || version > record->version) {
        report.add_problem(name + " is of events that are not there");
    } else if (!record->deleted && version.next() >= record->first_version &&
               snapshot->facts.chain_hash !=
                   lmdb::chain_at(transaction, number, *record, version)) {
        report.add_problem(name + " has another chain hash than its stream");
    }
}

}  // namespace

void verify_snapshots(const lmdb::Transaction& transaction, Table table, VerifyReport& report) {
    Cursor cursor(transaction, table);
    for (bool found = cursor.first(); found; found = cursor.next()) {
        report.snapshots += table == Table::snapshots ? 1 : 0;
        try {
            verify_snapshot(transaction, cursor, table, report);
        } catch (const lmdb::CorruptRecord& corrupt) {
            report.add_problem(corrupt.what());  // its stream is damaged
        }
    }
}

void verify_documents(const lmdb::Transaction& transaction, VerifyReport& report) {
    Cursor cursor(transaction, Table::documents);
    for (bool found = cursor.first(); found; found = cursor.next(), ++report.documents) {
        if (!lmdb::decode_document(cursor.key(), cursor.value())) {
            report.add_problem(
                fmt::format("the document '{}' does not check", printable(cursor.key())));
        }
    }
}

}  // namespace firn

#include "storage/journaled/verify.hpp"

#include "storage/chain_hash.hpp"
#include "storage/journaled/directory.hpp"
#include "storage/journaled/place_sum.hpp"
#include "storage/journaled/unsettled.hpp"
#include "storage/journaled/verify_journal.hpp"
#include "storage/journaled/verify_snapshots.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/deletion.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/position_block.hpp"
#include "storage/lmdb/records.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace firn {

namespace {

using lmdb::Cursor;
using lmdb::StreamRecord;
using lmdb::Table;

std::string text_of(const StreamName& name) {
    return name.category + "/" + name.id;
}

class Verification {
public:
    Verification(const lmdb::Transaction& transaction, VerifyReport& report)
        : transaction_(transaction), report_(report) {}

    // False: without the store's own record nothing else means anything.
    bool store(std::uint64_t expected_store) {
        const auto record = lmdb::read_store(transaction_);
        if (!record) {
            problem("the store's own record is missing");
            return false;
        }
        store_ = *record;
        if (store_.store != expected_store) {
            problem("the file belongs to another store than the directory");
        }
        report_.head = store_.settled_position;
        return true;
    }

    void names() {
        Cursor cursor(transaction_, Table::names);
        std::uint64_t count = 0;
        for (bool found = cursor.first(); found; found = cursor.next(), ++count) {
            const auto number = lmdb::find_stream(transaction_, cursor.key());
            const auto record = number ? lmdb::read_stream(transaction_, *number) : std::nullopt;
            if (!record || lmdb::name_key(record->name) != cursor.key()) {
                problem(fmt::format("the name {} leads to no stream of that name",
                                    text_of(name_from_key(cursor.key()))));
            }
        }
        MDB_stat stat{};
        mdb_stat(transaction_.handle(), transaction_.table(Table::streams), &stat);
        if (count != stat.ms_entries) {
            problem(fmt::format("there are {} names, but {} streams", count, stat.ms_entries));
        }
    }

    void streams() {
        Cursor cursor(transaction_, Table::streams);
        std::uint64_t held = 0;
        for (bool found = cursor.first(); found; found = cursor.next()) {
            const StreamNumber number{lmdb::key_number(cursor.key(), 0)};
            const auto record = StreamRecord::decode(cursor.value());
            if (!record) {
                problem(
                    fmt::format("the record of stream number {} does not check", number.value()));
                continue;
            }
            first_versions_.emplace(number.value(), record->first_version);
            ++(record->deleted ? report_.deleted_streams : report_.streams);
            held += record->events();
            stream(number, *record);
        }
        if (store_.streams != report_.streams || store_.events != held) {
            problem(
                fmt::format("the store counts {} streams and {} events, but {} and {} are "
                            "there",
                            store_.streams, store_.events, report_.streams, held));
        }
        report_.events = held;
    }

    void positions() {
        Cursor cursor(transaction_, Table::positions);
        Position next{1};
        for (bool found = cursor.first(); found; found = cursor.next()) {
            const Position first{lmdb::key_number(cursor.key(), 0)};
            const auto block = lmdb::decode_position_block(first, cursor.value());
            if (!block) {
                problem(fmt::format("the position index at {} does not check", first.value()));
                return;
            }
            // Where events are gone there may be no block.
            if (first < next) {
                problem(fmt::format("the position index goes from {} to {}", next.value(),
                                    first.value()));
            }
            for (std::size_t i = 0; i < block->size(); ++i) {
                const auto& entry = (*block)[i];
                const auto held = first_versions_.find(entry.stream.value());
                if (held != first_versions_.end() && entry.version >= held->second) {
                    index_places_.add(first.plus(i), entry.stream, entry.version);
                }
            }
            next = first.plus(block->size());
        }
        if (next > store_.settled_position.next()) {
            problem(fmt::format("the position index goes on to {}, the store says {}",
                                next.value() - 1, store_.settled_position.value()));
        }
        if (index_places_ != stream_places_) {
            problem("the position index and the streams disagree about which event stands where");
        }
    }

    void ids() {
        Cursor cursor(transaction_, Table::ids);
        for (bool found = cursor.first(); found; found = cursor.next()) {
            try {
                report_.ids += lmdb::decode_id_block(cursor.value()).size();
            } catch (const lmdb::CorruptRecord& corrupt) {
                problem(fmt::format("stream number {}: {}", lmdb::key_number(cursor.key(), 0),
                                    corrupt.what()));
            }
        }
    }

    void markers() {
        Cursor cursor(transaction_, Table::markers);
        for (bool found = cursor.first(); found; found = cursor.next()) {
            const auto marker = lmdb::decode_marker(cursor.value());
            if (!lmdb::read_stream(transaction_, marker.stream)) {
                problem(fmt::format("the marker at position {} names no stream",
                                    lmdb::key_number(cursor.key(), 0)));
                continue;
            }
            const Position position{lmdb::key_number(cursor.key(), 0)};
            const auto entry = entry_at(position);
            // A slice may have settled a deletion ahead of its round.
            if (position <= store_.settled_position &&
                (!entry || entry->stream != marker.stream || entry->version != marker.version)) {
                problem(fmt::format("the position index does not lead to the marker at {}",
                                    position.value()));
            }
        }
    }

    void journal(const StoreDirectory& directory) {
        if (verify_journal(directory, transaction_, store_, report_) != places_ahead_) {
            problem(
                "the journal and the streams disagree about where the events stand that settled "
                "ahead of the position index");
        }
    }

    void problem(std::string sentence) { report_.add_problem(std::move(sentence)); }

private:
    [[nodiscard]] std::optional<lmdb::IndexEntry> entry_at(Position position) {
        Cursor cursor(transaction_, Table::positions);
        if (!cursor.seek_at_most(lmdb::position_key(position))) {
            return std::nullopt;
        }
        const Position first{lmdb::key_number(cursor.key(), 0)};
        const auto block = lmdb::decode_position_block(first, cursor.value());
        const auto place = position.since(first);
        return block && place < block->size() ? std::optional((*block)[place]) : std::nullopt;
    }

    void stream(StreamNumber number, const StreamRecord& record) {
        const auto name = text_of(record.name);
        Cursor cursor(transaction_, Table::chunks);
        auto next = record.first_version;
        std::uint64_t bytes = 0;
        Position last_position;
        // Of a stream whose beginning is gone, the first chunk is believed; the end tells.
        auto chain = chain_start(record.name.category, record.name.id);
        Version chain_end{1};
        for (bool found = cursor.seek(lmdb::chunk_key(number, no_version));
             found && lmdb::key_number(cursor.key(), 0) == number.value(); found = cursor.next()) {
            ++report_.chunks;
            const Version first{lmdb::key_number(cursor.key(), 1)};
            auto reader = lmdb::ChunkReader::open(number, first, cursor.value());
            if (!reader) {
                problem(fmt::format("stream {}: the chunk at version {} does not check", name,
                                    first.value()));
                continue;
            }
            if (first == chain_end && reader->header().chain_before != chain) {
                problem(
                    fmt::format("stream {}: the chain hash of the chunk at version {} does not "
                                "match the events before it",
                                name, first.value()));
            }
            chain = reader->header().chain_before;
            chain_end = reader->end_version();
            EventView event;
            while (reader->next(event)) {
                chain = chain_next(chain, event);
                if (event.version < record.first_version || record.deleted) {
                    continue;  // deleted, not given back yet
                }
                if (event.version != next || event.position <= last_position) {
                    problem(
                        fmt::format("stream {}: version {} at position {} follows version {} "
                                    "at position {}",
                                    name, event.version.value(), event.position.value(),
                                    next.value() - 1, last_position.value()));
                }
                next = event.version.next();
                last_position = event.position;
                bytes += reader->last_encoded().size();
                // A round that a crash ended had come this far; the index moves with its end.
                const bool ahead = event.position > store_.settled_position;
                (ahead ? places_ahead_ : stream_places_).add(event.position, number, event.version);
            }
            if (reader->is_corrupt()) {
                problem(fmt::format("stream {}: the chunk at version {} cannot be decoded", name,
                                    first.value()));
            }
        }
        if (record.deleted) {
            return;
        }
        if (next != record.version.next()) {
            problem(fmt::format("stream {}: it should end at version {}, but ends at {}", name,
                                record.version.value(), next.value() - 1));
        } else if (chain_end == next && chain != record.chain_hash) {
            problem(fmt::format("stream {}: its chain hash does not match its events", name));
        }
        if (bytes != record.bytes) {
            problem(fmt::format("stream {}: it should hold {} bytes, but holds {}", name,
                                record.bytes, bytes));
        }
    }

    const lmdb::Transaction& transaction_;
    VerifyReport& report_;
    lmdb::StoreRecord store_;
    std::unordered_map<std::uint64_t, Version> first_versions_;
    PlaceSum stream_places_;
    PlaceSum places_ahead_;
    PlaceSum index_places_;
};

}  // namespace

void VerifyReport::add_problem(std::string sentence) {
    if (++problem_count <= problems_max) {
        problems.push_back(std::move(sentence));
    }
}

VerifyReport verify_store(const std::filesystem::path& path) {
    const StoreDirectory directory(path, StoreDirectory::MustExist{});
    VerifyReport report;
    try {
        // The map must cover the file, however large it grew.
        const auto size = std::filesystem::file_size(directory.current_file());
        const lmdb::Environment environment(directory.current_file(),
                                            std::max<std::size_t>(size, std::size_t{1} << 20),
                                            lmdb::Access::reading);
        const auto transaction = environment.read();
        Verification verification(transaction, report);
        // One after another, so that damage in one part still lets the others be looked at.
        const auto part = [&](const auto& check) {
            try {
                check();
            } catch (const lmdb::CorruptRecord& corrupt) {
                verification.problem(corrupt.what());
            } catch (const lmdb::LmdbError& error) {
                verification.problem(error.what());
            }
        };
        bool sound = false;
        part([&] { sound = verification.store(directory.store()); });
        if (sound) {
            part([&] { verification.names(); });
            part([&] { verification.streams(); });
            part([&] { verification.positions(); });
            part([&] { verification.ids(); });
            part([&] { verification.markers(); });
            part([&] { verify_snapshots(transaction, Table::snapshots, report); });
            part([&] { verify_snapshots(transaction, Table::anchors, report); });
            part([&] { verify_documents(transaction, report); });
            part([&] { verification.journal(directory); });
        }
    } catch (const lmdb::LmdbError& error) {
        report.problems.push_back(
            fmt::format("{}: {}", directory.current_file().string(), error.what()));
        report.problem_count = 1;
    } catch (const std::filesystem::filesystem_error& error) {
        report.problems.emplace_back(error.what());
        report.problem_count = 1;
    }
    return report;
}

}  // namespace firn

#include "storage/lmdb/id_blocks.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"
#include "storage/lmdb/keys.hpp"

#include <algorithm>
#include <map>

namespace firn::lmdb {

namespace {

// About 20 entries a block where the window is full: 1.8 KB, below the limit for values inside
// a page.
std::uint64_t buckets_for(std::uint64_t client_ids) noexcept {
    if (client_ids <= 24) {
        return 1;
    }
    return client_ids <= 768 ? 32 : 512;
}

std::uint64_t bucket_of(const EventId& id, std::uint64_t buckets) noexcept {
    return checksum({reinterpret_cast<const char*>(id.data()), id.size()}) % buckets;
}

std::string encode_block(const std::vector<IdEntry>& entries) {
    std::string out;
    put_int(out, std::uint64_t{0});  // the checksum's place
    put_varint(out, entries.size());
    for (const auto& entry : entries) {
        out.append(reinterpret_cast<const char*>(entry.id.data()), entry.id.size());
        out.append(reinterpret_cast<const char*>(entry.fact.digest.data()),
                   entry.fact.digest.size());
        put_varint(out, entry.fact.version.value());
        put_varint(out, entry.fact.position.value());
        put_varint(out, zigzag(entry.fact.recorded_at.time_since_epoch().count()));
        put_varint(out, entry.ordinal);
    }
    const auto check = checksum(std::string_view(out).substr(8));
    std::memcpy(out.data(), &check, sizeof(check));
    return out;
}

std::vector<IdEntry> read_block(const Transaction& transaction, StreamNumber stream,
                                std::uint64_t bucket) {
    const auto stored = transaction.get(Table::ids, id_block_key(stream, bucket));
    return stored ? decode_id_block(*stored) : std::vector<IdEntry>{};
}

// Every entry of a stream whose blocks are about to be spread over more.
std::vector<IdEntry> take_all(WriteTransaction& transaction, StreamNumber stream,
                              std::uint64_t buckets) {
    std::vector<IdEntry> all;
    for (std::uint64_t bucket = 0; bucket < buckets; ++bucket) {
        auto some = read_block(transaction, stream, bucket);
        all.insert(all.end(), some.begin(), some.end());
        transaction.erase(Table::ids, id_block_key(stream, bucket));
    }
    return all;
}

}  // namespace

std::vector<IdEntry> decode_id_block(std::string_view bytes) {
    ByteReader in(bytes);
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(in.rest())) {
        throw CorruptRecord("a block of event ids does not check");
    }
    std::vector<IdEntry> entries(std::min<std::uint64_t>(in.take_varint(), bytes.size()));
    for (auto& entry : entries) {
        const auto id = in.take(entry.id.size());
        const auto digest = in.take(entry.fact.digest.size());
        entry.fact.version = Version{in.take_varint()};
        entry.fact.position = Position{in.take_varint()};
        entry.fact.recorded_at = Timestamp{std::chrono::microseconds{unzigzag(in.take_varint())}};
        entry.ordinal = in.take_varint();
        if (!in.ok()) {
            throw CorruptRecord("a block of event ids is cut short");
        }
        std::memcpy(entry.id.data(), id.data(), id.size());
        std::memcpy(entry.fact.digest.data(), digest.data(), digest.size());
    }
    return entries;
}

std::optional<IdFact> find_id(const Transaction& transaction, StreamNumber stream,
                              std::uint64_t client_ids, const EventId& id) {
    if (client_ids == 0) {
        return std::nullopt;
    }
    const auto entries = read_block(transaction, stream, bucket_of(id, buckets_for(client_ids)));
    const auto found = std::ranges::find(entries, id, &IdEntry::id);
    return found == entries.end() ? std::nullopt : std::optional(found->fact);
}

void add_ids(WriteTransaction& transaction, StreamNumber stream, std::uint64_t client_ids,
             std::vector<IdEntry> entries, std::uint32_t window) {
    const auto total = client_ids + entries.size();
    const auto buckets = buckets_for(total);
    if (const auto before = buckets_for(client_ids); before != buckets) {
        auto earlier = take_all(transaction, stream, before);
        entries.insert(entries.begin(), earlier.begin(), earlier.end());
    }
    std::map<std::uint64_t, std::vector<IdEntry>> by_bucket;
    for (auto& entry : entries) {
        by_bucket[bucket_of(entry.id, buckets)].push_back(entry);
    }
    const auto oldest = total > window ? total - window + 1 : 1;
    for (auto& [bucket, added] : by_bucket) {
        auto block = read_block(transaction, stream, bucket);
        block.insert(block.end(), added.begin(), added.end());
        std::erase_if(block, [&](const IdEntry& entry) { return entry.ordinal < oldest; });
        transaction.put(Table::ids, id_block_key(stream, bucket), encode_block(block));
    }
}

void erase_ids(WriteTransaction& transaction, StreamNumber stream) {
    for (;;) {
        // A cursor of its own for each: erasing moves it, and there are at most 512.
        Cursor cursor(transaction, Table::ids);
        if (!cursor.seek(id_block_key(stream, 0)) ||
            key_number(cursor.key(), 0) != stream.value()) {
            return;
        }
        cursor.erase();
    }
}

}  // namespace firn::lmdb

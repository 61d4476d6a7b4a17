#include "storage/lmdb/snapshot_record.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"
#include "storage/compression.hpp"

namespace firn::lmdb {

namespace {

constexpr std::uint8_t state_is_compressed = 1;
// Shorter texts gain little, and reading them would pay for it.
constexpr std::size_t compressed_from_bytes = 256;

std::uint64_t seed_of(StreamNumber stream, Version version) noexcept {
    return stream.value() * 0x9E3779B97F4A7C15u + version.value();
}

// Fills in the place that the checksum takes in front.
void put_checksum(std::string& record, std::uint64_t seed) {
    const auto check = checksum(std::string_view(record).substr(8), seed);
    std::memcpy(record.data(), &check, sizeof(check));
}

std::string_view bytes_of(const Hash& hash) noexcept {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

bool is_known(SnapshotKind kind) noexcept {
    return kind >= SnapshotKind::automatic && kind <= SnapshotKind::anchor;
}

struct Decoded {
    SnapshotFacts facts;
    bool compressed = false;
    std::string_view state;  // as stored
};

std::optional<Decoded> decode(StreamNumber stream, Version version, std::string_view record) {
    ByteReader in(record);
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(in.rest(), seed_of(stream, version))) {
        return std::nullopt;
    }
    Decoded decoded;
    auto& facts = decoded.facts;
    facts.version = version;
    facts.kind = static_cast<SnapshotKind>(in.take_int<std::uint8_t>());
    const auto flags = in.take_int<std::uint8_t>();
    decoded.compressed = (flags & state_is_compressed) != 0;
    facts.revision = in.take_int<std::uint32_t>();
    facts.created_at = Timestamp{
        std::chrono::microseconds{static_cast<std::int64_t>(in.take_int<std::uint64_t>())}};
    const auto state_hash = in.take(facts.state_hash.size());
    const auto chain_hash = in.take(facts.chain_hash.size());
    facts.decider_kind = in.take_framed();
    facts.bytes = in.take_varint();
    decoded.state = in.rest();
    const bool whole = decoded.compressed || decoded.state.size() == facts.bytes;
    if (!in.ok() || !is_known(facts.kind) || (flags & ~state_is_compressed) != 0 || !whole) {
        return std::nullopt;
    }
    std::memcpy(facts.state_hash.data(), state_hash.data(), state_hash.size());
    std::memcpy(facts.chain_hash.data(), chain_hash.data(), chain_hash.size());
    return decoded;
}

}  // namespace

std::string encode_snapshot(StreamNumber stream, const Snapshot& snapshot) {
    const auto& facts = snapshot.facts;
    const auto smaller =
        snapshot.state.size() > compressed_from_bytes ? compress(snapshot.state) : std::nullopt;
    const std::string_view state = smaller ? *smaller : snapshot.state;
    std::string out;
    out.reserve(128 + facts.decider_kind.size() + state.size());
    put_int(out, std::uint64_t{0});  // the checksum's place
    put_int(out, static_cast<std::uint8_t>(facts.kind));
    put_int(out, smaller ? state_is_compressed : std::uint8_t{0});
    put_int(out, facts.revision);
    put_int(out, static_cast<std::uint64_t>(facts.created_at.time_since_epoch().count()));
    out.append(bytes_of(facts.state_hash));
    out.append(bytes_of(facts.chain_hash));
    put_varint(out, facts.decider_kind.size());
    out.append(facts.decider_kind);
    put_varint(out, snapshot.state.size());
    out.append(state);
    put_checksum(out, seed_of(stream, facts.version));
    return out;
}

std::optional<Snapshot> decode_snapshot(StreamNumber stream, Version version,
                                        std::string_view record) {
    auto decoded = decode(stream, version, record);
    if (!decoded) {
        return std::nullopt;
    }
    Snapshot snapshot{std::move(decoded->facts), {}};
    if (!decoded->compressed) {
        snapshot.state = decoded->state;
    } else if (auto state = decompress(decoded->state, snapshot.facts.bytes)) {
        snapshot.state = std::move(*state);
    } else {
        return std::nullopt;
    }
    return snapshot;
}

std::optional<SnapshotFacts> decode_snapshot_facts(StreamNumber stream, Version version,
                                                   std::string_view record) {
    auto decoded = decode(stream, version, record);
    return decoded ? std::optional(std::move(decoded->facts)) : std::nullopt;
}

std::string encode_document(std::string_view key, std::string_view text) {
    std::string out;
    out.reserve(8 + text.size());
    put_int(out, std::uint64_t{0});  // the checksum's place
    out.append(text);
    put_checksum(out, checksum(key));
    return out;
}

std::optional<std::string_view> decode_document(std::string_view key, std::string_view record) {
    ByteReader in(record);
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || check != checksum(in.rest(), checksum(key))) {
        return std::nullopt;
    }
    return in.rest();
}

}  // namespace firn::lmdb

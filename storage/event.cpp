#include "storage/event.hpp"

#include "storage/bytes.hpp"

#include <xxhash.h>

namespace firn {

namespace {

// The bits of an encoded event's flags byte; absent parts have their default.
constexpr std::uint8_t client_id = 1;
constexpr std::uint8_t has_metadata = 2;
constexpr std::uint8_t has_traceparent = 4;
constexpr std::uint8_t has_recorded_at = 8;
constexpr std::uint8_t known_flags = client_id | has_metadata | has_traceparent | has_recorded_at;

void put_framed(std::string& out, std::string_view bytes) {
    put_varint(out, bytes.size());
    out.append(bytes);
}

}  // namespace

void EncodedEvents::add(const NewEvent& event) {
    const unsigned flags = (event.id_from_client ? client_id : 0u) |
                           (event.metadata == "{}" ? 0u : has_metadata) |
                           (event.traceparent.empty() ? 0u : has_traceparent) |
                           (event.recorded_at ? has_recorded_at : 0u);
    bytes_.push_back(static_cast<char>(flags));
    bytes_.append(reinterpret_cast<const char*>(event.id.data()), event.id.size());
    put_framed(bytes_, event.type);
    put_framed(bytes_, event.data);
    if (flags & has_metadata) {
        put_framed(bytes_, event.metadata);
    }
    if (flags & has_traceparent) {
        put_framed(bytes_, event.traceparent);
    }
    if (event.recorded_at) {
        put_int(bytes_, static_cast<std::uint64_t>(event.recorded_at->time_since_epoch().count()));
    }
    ++count_;
    has_client_ids_ = has_client_ids_ || event.id_from_client;
    has_own_times_ = has_own_times_ || event.recorded_at.has_value();
}

bool EventDecoder::decode_next(EventView& event) noexcept {
    ByteReader in(rest_);
    const auto flags = in.take_int<std::uint8_t>();
    const auto id = in.take(event.id.size());
    event.type = in.take_framed();
    event.data = in.take_framed();
    event.metadata = flags & has_metadata ? in.take_framed() : std::string_view("{}");
    event.traceparent = flags & has_traceparent ? in.take_framed() : std::string_view();
    if (flags & has_recorded_at) {
        event.recorded_at = Timestamp{
            std::chrono::microseconds{static_cast<std::int64_t>(in.take_int<std::uint64_t>())}};
    }
    if (!in.ok() || (flags & ~known_flags) != 0) {
        rest_ = {};
        last_ = {};
        return false;
    }
    std::memcpy(event.id.data(), id.data(), id.size());
    event.id_from_client = (flags & client_id) != 0;
    last_ = rest_.substr(0, rest_.size() - in.rest().size());
    rest_ = in.rest();
    return true;
}

ContentDigest content_digest(std::string_view type, std::string_view data,
                             std::string_view metadata) noexcept {
    // Each part is hashed alone, so that moving bytes from one to the next changes the digest.
    const std::uint64_t parts[] = {
        XXH3_64bits(type.data(), type.size()),         type.size(),
        XXH3_64bits(data.data(), data.size()),         data.size(),
        XXH3_64bits(metadata.data(), metadata.size()), metadata.size(),
    };
    const auto hash = XXH3_128bits(parts, sizeof(parts));
    ContentDigest digest;
    static_assert(sizeof(hash.low64) + sizeof(hash.high64) == sizeof(ContentDigest));
    std::memcpy(digest.data(), &hash.low64, 8);
    std::memcpy(digest.data() + 8, &hash.high64, 8);
    return digest;
}

}  // namespace firn

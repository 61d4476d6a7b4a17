// Events on their way in (EncodedEvents) and out (EventView), and their one binary form.
//
// The form is shared by journal and chunks, so bytes are encoded once, by the caller's thread,
// and copied as they are from then on. storage/FORMAT.md describes it byte by byte.
// Thread: plain values; an EncodedEvents is built by one thread and then only read.
#pragma once

#include "storage/errors.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

// One event as its author states it. Views: they must live until EncodedEvents::add returns.
struct NewEvent {
    EventId id{};
    // Ids that clients sent are remembered, so that a repeat is recognised; our own are not.
    bool id_from_client = false;
    std::string_view type;
    std::string_view data = "{}";      // JSON, kept as the bytes that came in
    std::string_view metadata = "{}";  // a JSON object, likewise
    std::string_view traceparent = {};
    // Only imports state a time; else the commit stamps it.
    std::optional<Timestamp> recorded_at = {};
};

// A stored event. Views into memory that its page keeps alive.
struct EventView {
    EventId id{};
    bool id_from_client = false;
    std::string_view type;
    std::string_view data;
    std::string_view metadata;
    std::string_view traceparent;
    Version version;
    Position position;
    Timestamp recorded_at;
};

// A batch of events in their binary form, in order.
class EncodedEvents {
public:
    void add(const NewEvent& event);
    void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] bool has_client_ids() const noexcept { return has_client_ids_; }
    // Some event states its own recorded_at.
    [[nodiscard]] bool has_own_times() const noexcept { return has_own_times_; }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    std::string bytes_;
    std::uint32_t count_ = 0;
    bool has_client_ids_ = false;
    bool has_own_times_ = false;
};

// Walks encoded events. decode_next never reads past the end, whatever the bytes are.
class EventDecoder {
public:
    explicit EventDecoder(std::string_view bytes) noexcept : rest_(bytes) {}

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    // The next event; version, position and a recorded_at that the event does not carry itself
    // are left as they were in `event`. False: the bytes are not an encoded event.
    [[nodiscard]] bool decode_next(EventView& event) noexcept;
    // The bytes of the event that decode_next took last.
    [[nodiscard]] std::string_view last_bytes() const noexcept { return last_; }

private:
    std::string_view rest_;
    std::string_view last_;
};

// What makes two events "the same" for idempotency: type, data and metadata (XXH3, 128 bits).
using ContentDigest = std::array<std::byte, 16>;
[[nodiscard]] ContentDigest content_digest(std::string_view type, std::string_view data,
                                           std::string_view metadata) noexcept;

}  // namespace firn

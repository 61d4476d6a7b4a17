// The global order as it is asked for and answered: a query, and a page of entries.
// Thread: plain values. Errors: none.
#pragma once

#include "storage/event.hpp"
#include "storage/page_memory.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace firn {

// An event with its stream, or what stands in for deleted ones: at most one per stream, at the
// position and with the version and time of the newest event that it stands for. Deleting a stream
// takes its snapshot stand-in away. Cuts and deletions take no position of their own.
struct FeedEvent {
    enum class Kind : std::uint8_t {
        event,
        snapshot,  // the events of the stream up to this version were compacted away
        deleted,   // the stream was deleted for good
    };
    Kind kind = Kind::event;
    const StreamName* stream = nullptr;  // as long as the page, like the event's texts
    EventView event;  // for other kinds only version, position and recorded_at are meant
};

struct FeedQuery {
    Position after;             // exclusive; at or past the head: an empty page that stays there
    std::uint32_t limit = 100;  // stand-ins count too; 0: an empty page that stays there
    std::uint64_t bytes_max = 8u << 20;   // as in StreamQuery; stand-ins have no bytes
    std::uint32_t scan_max = 100'000;     // positions looked at for one page; 0 counts as 1
    std::vector<std::string> categories;  // empty: all
    std::vector<std::string> types;       // empty: all; stand-ins pass every type filter
    std::string id_prefix;
};

struct FeedPage {
    std::vector<FeedEvent> events;
    // Where the next page goes on: the last position looked at. That is the last event's if the
    // page is full, and the one before the event that no longer fitted bytes_max.
    Position next_after;
    Position head;  // the last durable position when the page was made
    PageMemory memory;
};

}  // namespace firn

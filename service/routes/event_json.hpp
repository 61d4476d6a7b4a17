// Stored events as JSON, the same in pages, feeds and problems.
// Thread: plain functions. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <string>

namespace firn {

// NDJSON wants an event on one line; elsewhere data and metadata are the bytes that were sent.
enum class Lines : std::uint8_t { one, as_sent };

// `stream` is written where several streams are listed.
void append_event(std::string& out, const EventView& event, const StreamName* stream, Lines lines);
// An event of the feed, or what stands in for deleted ones.
void append_feed_event(std::string& out, const FeedEvent& event, Lines lines);

// A line of an export: as in the feed, and the exact bytes where a line cannot hold them, so that
// an import makes the same chain of hashes.
void append_export_line(std::string& out, const FeedEvent& event);

// ["…","…"]
void append_event_ids(std::string& out, const std::vector<EventId>& ids);

}  // namespace firn

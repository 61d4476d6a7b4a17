// The text of live feeds: server-sent events (WHATWG HTML, 9.2), which browsers read as
// EventSource.
//
// A message has the place to resume from as its id, and the event as one line of JSON. What is no
// event of a stream has a name of its own: caught-up.
// Thread: plain functions. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <string>

namespace firn {

// Of the global feed: the id is the position.
void append_feed_message(std::string& out, const FeedEvent& event);
// Of one stream: the id is the version.
void append_stream_message(std::string& out, const EventView& event);
// The same for what stands in for events of the stream that are gone.
void append_stand_in_message(std::string& out, const FeedEvent& stand_in);
// All up to here was sent; from here on it is live.
void append_caught_up(std::string& out, Position position);
void append_caught_up(std::string& out, Version version);

// How soon a client should try again, first of all.
void append_retry(std::string& out);
// A comment, which clients pass over.
void append_heartbeat(std::string& out);

}  // namespace firn

// Follows a live feed of the server's, across broken connections and restarts: each message once,
// in order, none left out, since a new connection states the id of the last message that was taken.
//
//   connect ──▶ messages ──▶ (broken, or silent for longer than heartbeats are apart) ──▶ connect
//
// Thread: one; the call blocks.
// Errors: CommandFailure if the server is not there at first, or refuses; Stopped.
#pragma once

#include "service/cli/follow/event_stream_parser.hpp"
#include "service/cli/http_stream.hpp"

#include <functional>
#include <string>

namespace firn::cli {

struct FollowAsk {
    ServerUrl server;
    std::string target;
    HttpStream::Timeouts timeouts;
};

struct Follower {
    // False: that was enough.
    std::function<bool(const ServerSentMessage&)> take;
    // Nothing more is here; what follows may take long.
    std::function<void()> pause;
};

void follow_feed(const FollowAsk& ask, const Follower& follower, StopSignals& stop);

}  // namespace firn::cli

// The body of a response that is made as it is sent: live feeds, exports.
//
// The next piece is asked for when the one before has gone to the socket, so a client that reads
// slowly holds one piece and no more.
// Thread: one session's. Errors: an exception cuts the connection, so that a client never takes
// the part for the whole; what can be said in the body's own format is said there instead.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

namespace firn {

class BodySource {
public:
    virtual ~BodySource() = default;

    // Appends the next piece, perhaps nothing; may wait. False: that was the last one.
    virtual boost::asio::awaitable<bool> next(std::string& out) = 0;
};

}  // namespace firn

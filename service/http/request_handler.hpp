// What a server serves: the seam between HTTP and what it is used for.
//
// Thread: calls come from many sessions at once, for one request one after another.
// Errors: an exception ends that one request as 500 `internal`, logged.
#pragma once

#include "service/http/request.hpp"
#include "service/http/response.hpp"

#include <boost/asio/awaitable.hpp>

namespace firn {

class RequestHandler {
public:
    virtual ~RequestHandler() = default;

    // Once the head is there and before the body is read, so that a refused body is never sent.
    // False: `response` holds the refusal.
    [[nodiscard]] virtual bool admit(Request& request, Response& response) = 0;
    // Answers if that needs no waiting. No coroutine is made for such answers.
    [[nodiscard]] virtual bool try_now(const Request& request, Response& response) = 0;
    // Everything else. The caller keeps both alive until it is done.
    virtual boost::asio::awaitable<void> answer(const Request& request, Response& response) = 0;
};

}  // namespace firn

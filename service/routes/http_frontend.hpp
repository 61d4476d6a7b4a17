// The HTTP side of a Service: server, router and routes, put together.
//
//   HttpFrontend http(io.get_executor(), config, service, log);
//   http.start();
//   …
//   co_await http.async_stop();     // before the service's
//
// Thread: all calls from any thread.
// Errors: the constructor throws std::invalid_argument naming the field, or
// boost::system::system_error if the address cannot be listened on.
#pragma once

#include "actors/service.hpp"
#include "service/http/http_config.hpp"
#include "service/http/http_server.hpp"
#include "service/logging.hpp"
#include "service/routes/call.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace firn {

class HttpFrontend final : private RequestHandler {
public:
    // Listens from here on, so that the port is known; serves from start() on.
    HttpFrontend(boost::asio::any_io_executor executor, HttpConfig config, Service& service,
                 const Log& log, std::vector<boost::asio::any_io_executor> session_executors = {});

    void start() { server_.start(); }
    [[nodiscard]] std::uint16_t port() const { return server_.endpoint().port(); }
    [[nodiscard]] const HttpCounters& counters() const noexcept { return counters_; }

    // Finishes what is in flight; at most about timeouts.stop.
    boost::asio::awaitable<void> async_stop();

private:
    bool admit(Request& request, Response& response) override;
    bool try_now(const Request& request, Response& response) override;
    boost::asio::awaitable<void> answer(const Request& request, Response& response) override;

    [[nodiscard]] Call call(const Request& request, Response& response) {
        return {service_, config_, counters_, *live_, request, response};
    }

    HttpConfig config_;
    Service& service_;
    HttpCounters counters_;
    std::shared_ptr<LiveFeed> live_;
    HttpServer server_;
};

}  // namespace firn

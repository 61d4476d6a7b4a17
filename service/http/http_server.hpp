// Listens, keeps the sessions, ends what is overdue, and stops without dropping requests.
//
// Thread: all calls from any thread. Sessions run on the executor's threads in parallel; the list
// of them lives on one strand.
// Errors: the constructor throws std::invalid_argument for the configuration, and
// boost::system::system_error if the address cannot be listened on.
#pragma once

#include "service/http/http_config.hpp"
#include "service/http/http_counters.hpp"
#include "service/http/request_handler.hpp"
#include "service/logging.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <vector>

namespace firn {

class HttpServer {
public:
    // Binds, but accepts only after start(). `handler`, `log` and `counters` outlive the server
    // and the executor's work for it. Connections take turns over `session_executors`, each of
    // which runs on one thread; without any, they all run on `executor`.
    HttpServer(boost::asio::any_io_executor executor, HttpConfig config, RequestHandler& handler,
               const Log& log, HttpCounters& counters,
               std::vector<boost::asio::any_io_executor> session_executors = {});
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    void start();
    [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const;

    // Stops accepting, closes idle connections, lets requests in flight finish and say
    // "Connection: close"; after timeouts.stop the sockets are cut. Done when no session is left.
    // Once; the destructor of a server that was started needs it before.
    boost::asio::awaitable<void> async_stop();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace firn

// A server that says what it is told, connection by connection, and remembers what it was asked.
// Thread: the test's; it answers on one of its own. Errors: boost::system::system_error.
#pragma once

#include "service/cli/server_url.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace firn::test {

class ScriptedServer {
public:
    struct Turn {
        std::string answer;
        bool holds = false;  // keeps the connection open afterwards, and says nothing more
    };

    explicit ScriptedServer(std::vector<Turn> turns);
    ~ScriptedServer();

    [[nodiscard]] std::string url() const;
    // The heads of the requests so far.
    [[nodiscard]] std::vector<std::string> requests() const;

private:
    void serve();

    const std::vector<Turn> turns_;
    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    const std::uint16_t port_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::vector<boost::asio::ip::tcp::socket> held_;
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

// The head of an answer of 200 whose body comes in chunks.
[[nodiscard]] std::string chunked_head(std::string_view content_type);
[[nodiscard]] std::string chunk(std::string_view text);

}  // namespace firn::test

#include "tests/service/cli/scripted_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <cstdio>

namespace firn::test {

namespace asio = boost::asio;
using asio::ip::tcp;

ScriptedServer::ScriptedServer(std::vector<Turn> turns)
    : turns_(std::move(turns)),
      acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()),
      thread_([this] { serve(); }) {}

ScriptedServer::~ScriptedServer() {
    ends_ = true;
    // Whoever waits for a connection gets one.
    tcp::socket last(context_);
    boost::system::error_code refused;
    last.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port_), refused);
    last.close(refused);
    thread_.join();
}

std::string ScriptedServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
}

std::vector<std::string> ScriptedServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void ScriptedServer::serve() {
    for (const auto& turn : turns_) {
        tcp::socket socket(context_);
        boost::system::error_code error;
        acceptor_.accept(socket, error);
        if (ends_) {
            break;
        }
        std::string head;
        asio::read_until(socket, asio::dynamic_buffer(head), "\r\n\r\n", error);
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(head);
        }
        asio::write(socket, asio::buffer(turn.answer), error);
        if (turn.holds) {
            held_.push_back(std::move(socket));
        }
    }
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

std::string chunked_head(std::string_view content_type) {
    return "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(content_type) +
           "\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(std::string_view text) {
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", text.size());
    return size + std::string(text) + "\r\n";
}

}  // namespace firn::test

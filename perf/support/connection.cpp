#include "perf/support/connection.hpp"

#include "perf/support/chunked_text.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace firn::perf {

namespace {

constexpr std::size_t buffer_bytes = 256u << 10;

}  // namespace

int connect_to(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(socket >= 0 &&
              ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0,
          fmt::format("cannot connect to port {}", port));
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return socket;
}

Connection::Connection(std::uint16_t port)
    : port_(port), socket_(connect_to(port)), buffer_(std::make_unique<char[]>(buffer_bytes)) {}

Connection::~Connection() {
    ::close(socket_);
}

std::string Connection::get(std::string_view target, std::string_view fields, const Sink& sink) {
    write(fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\n", target, port_, fields));
    return receive(sink);
}

std::string Connection::post(std::string_view target, std::string_view fields,
                             std::string_view body, const Sink& sink) {
    return send("POST", target, fields, body, sink);
}

std::string Connection::send(std::string_view method, std::string_view target,
                             std::string_view fields, std::string_view body, const Sink& sink) {
    write(fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: {}\r\n{}\r\n",
                      method, target, port_, body.size(), fields));
    write(body);
    return receive(sink);
}

void Connection::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        check(sent > 0, "the server closed a connection");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string_view Connection::read() {
    const auto received = ::recv(socket_, buffer_.get(), buffer_bytes, 0);
    check(received > 0, "the server ended a response early");
    return {buffer_.get(), static_cast<std::size_t>(received)};
}

std::string Connection::receive(const Sink& sink) {
    std::string head;
    std::string_view rest;
    for (std::size_t end = head.npos; end == head.npos;) {
        const auto before = head.size();
        rest = read();
        head.append(rest);
        end = head.find("\r\n\r\n");
        if (end != head.npos) {
            rest.remove_prefix(end + 4 - before);
            head.resize(end + 2);
        }
    }
    if (field_of(head, "Transfer-Encoding") == "chunked") {
        ChunkedText chunks;
        for (;;) {
            rest = chunks.take(rest, sink);
            if (chunks.ended()) {
                break;
            }
            rest = read();
        }
        check(rest.empty(), "something follows a response");
        return head;
    }
    const auto length = field_of(head, "Content-Length");
    check(!length.empty(), "a response has no length: " + head);
    for (auto left = std::stoull(std::string(length));;) {
        check(rest.size() <= left, "a response is longer than it says");
        left -= rest.size();
        if (!rest.empty()) {
            sink(rest);
        }
        if (left == 0) {
            return head;
        }
        rest = read();
    }
}

std::string_view field_of(std::string_view head, std::string_view name) {
    const auto at = head.find(fmt::format("\r\n{}: ", name));
    if (at == head.npos) {
        return {};
    }
    head.remove_prefix(at + 4 + name.size());
    return head.substr(0, head.find("\r\n"));
}

bool is_ok(std::string_view head) {
    return head.starts_with("HTTP/1.1 200 ");
}

}  // namespace firn::perf

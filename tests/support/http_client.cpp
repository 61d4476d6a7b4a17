#include "tests/support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace firn::test {

std::string HttpReply::header(std::string_view name) const {
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos) {
        at += 2;
        const auto end = head.find("\r\n", at);
        const auto line = std::string_view(head).substr(
            at, end == std::string::npos ? std::string::npos : end - at);
        if (line.size() > name.size() + 1 && line[name.size()] == ':' &&
            strncasecmp(line.data(), name.data(), name.size()) == 0) {
            return std::string(line.substr(name.size() + 2));
        }
        at = end;
    }
    return {};
}

HttpClient::HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Longer than a server may be asked to wait before it answers.
    const timeval patience{.tv_sec = 90, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        ::close(socket_);
        throw std::runtime_error("the server cannot be reached");
    }
}

HttpClient::~HttpClient() {
    ::close(socket_);
}

void HttpClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;  // the server closed; what it said before tells more than this would
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void HttpClient::end_sending() {
    ::shutdown(socket_, SHUT_WR);
}

bool HttpClient::receive() {
    char bytes[16384];
    const auto got = ::recv(socket_, bytes, sizeof(bytes), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        throw std::runtime_error("the server says nothing");
    }
    if (got <= 0) {
        reset_ = got < 0;
        return false;
    }
    input_.append(bytes, static_cast<std::size_t>(got));
    return true;
}

HttpReply HttpClient::read_head() {
    auto end = input_.find("\r\n\r\n");
    while (end == std::string::npos) {
        if (!receive()) {
            throw std::runtime_error("the server closed before a response's head ended");
        }
        end = input_.find("\r\n\r\n");
    }
    HttpReply reply;
    reply.head = input_.substr(0, end);
    input_.erase(0, end + 4);
    reply.status = std::stoi(reply.head.substr(9, 3));
    return reply;
}

HttpReply HttpClient::read(bool to_head) {
    auto reply = read_head();
    const auto length = reply.header("Content-Length");
    const bool bodiless =
        to_head || reply.status == 204 || reply.status == 304 || reply.status < 200;
    if (bodiless) {
        return reply;
    }
    if (!length.empty()) {
        reply.body = read_bytes(std::stoul(length));
    } else if (reply.header("Transfer-Encoding") == "chunked") {
        while (const auto chunk = read_chunk()) {
            reply.body += *chunk;
        }
    }
    return reply;
}

std::string HttpClient::read_bytes(std::size_t size) {
    while (input_.size() < size) {
        if (!receive()) {
            throw std::runtime_error("the server closed before a response's body ended");
        }
    }
    auto bytes = input_.substr(0, size);
    input_.erase(0, size);
    return bytes;
}

std::string HttpClient::read_line() {
    std::string line;
    while (!line.ends_with("\r\n")) {
        line += read_bytes(1);
    }
    line.resize(line.size() - 2);
    return line;
}

std::optional<std::string> HttpClient::read_chunk() {
    const auto size = std::stoul(read_line(), nullptr, 16);
    auto data = read_bytes(size);
    if (!read_line().empty()) {
        throw std::runtime_error("a chunk does not end where it should");
    }
    return size == 0 ? std::nullopt : std::optional(std::move(data));
}

std::string HttpClient::read_to_end() {
    while (receive()) {
    }
    return std::exchange(input_, {});
}

bool HttpClient::ended() {
    return input_.empty() && !receive();
}

HttpReply HttpClient::request(std::string_view method, std::string_view target,
                              std::string_view body, std::string_view fields) {
    std::string bytes(method);
    bytes.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(fields);
    if (!body.empty()) {
        if (fields.find("Content-Type:") == fields.npos) {
            bytes.append("Content-Type: application/json\r\n");
        }
        bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    send(bytes.append("\r\n").append(body));
    return read(method == "HEAD");
}

}  // namespace firn::test

#include "perf/support/appender.hpp"

#include "perf/support/connection.hpp"
#include "perf/support/measure.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

namespace firn::perf {

namespace {

constexpr std::string_view number_field = R"("data":{"number":")";
constexpr std::string_view path = "POST /v1/streams/";

std::string number_text(std::uint64_t number) {
    return fmt::format("{:012}", number);
}

std::uint64_t number_after(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    std::uint64_t number = 0;
    check(
        at != text.npos &&
            std::from_chars(text.data() + at + name.size(), text.data() + text.size(), number).ec ==
                std::errc{},
        fmt::format("no {} in {}", name, text));
    return number;
}

}  // namespace

std::string category_name(std::size_t number) {
    return fmt::format("c{:03}", number);
}

std::string stream_id(std::size_t number) {
    return fmt::format("s{:03}", number);
}

Appender::Appender(std::uint16_t port) : socket_(connect_to(port)) {
    // As encoded about 200 bytes, like the events of the other benchmarks.
    const auto body = fmt::format(
        R"({{"type":"LinesChanged",{}{}","at":"2026-11-23T10:11:12Z","author":"author-0042","added":12,"deleted":7,"path":"src/module-00042/a-file-of-some-length.cpp"}}}})",
        number_field, number_text(0));
    request_ = fmt::format(
        "{}{}/{}/events HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        path, category_name(0), stream_id(0), port, body.size(), body);
    number_at_ = request_.find(number_field) + number_field.size();
}

Appender::~Appender() {
    ::close(socket_);
}

void Appender::send(const Append& append) {
    const auto category = category_name(append.category);
    const auto number = number_text(append.number);
    request_.replace(path.size(), category.size(), category);
    request_.replace(path.size() + category.size() + 1, 4, stream_id(append.stream));
    request_.replace(number_at_, number.size(), number);
    asked_ = append;
    waiting_ = true;
    check(::send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(request_.size()),
          "an append cannot be sent");
}

std::optional<Appender::Answer> Appender::read() {
    std::array<char, 4096> buffer;
    const auto received = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return std::nullopt;
    }
    check(received > 0 && waiting_, "the server closed an appending connection");
    answer_.append(buffer.data(), static_cast<std::size_t>(received));
    const auto end = answer_.find("\r\n\r\n");
    if (end == answer_.npos) {
        return std::nullopt;
    }
    const std::string_view head(answer_.data(), end + 2);
    const auto length = number_after(head, "Content-Length: ");
    if (answer_.size() < end + 4 + length) {
        return std::nullopt;
    }
    check(head.starts_with("HTTP/1.1 201 "), "an append was refused: " + answer_);
    const auto body = std::string_view(answer_).substr(end + 4);
    const Answer answer{number_after(body, R"("version":)"), number_after(body, R"("position":)")};
    answer_.clear();
    waiting_ = false;
    return answer;
}

std::uint64_t Appender::number_in(std::string_view event) {
    return number_after(event, number_field);
}

}  // namespace firn::perf

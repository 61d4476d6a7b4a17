#include "perf/support/follower.hpp"

#include "perf/support/appender.hpp"
#include "perf/support/connection.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace firn::perf {

namespace {

constexpr std::string_view id_field = "id: ";
constexpr std::string_view data_field = "data: ";

}  // namespace

Follower::Follower(std::uint16_t port, const std::string& target, std::uint64_t after,
                   std::uint64_t sample)
    : socket_(connect_to(port)), sample_(sample), last_id_(after) {
    const auto request = fmt::format(
        "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept: text/event-stream\r\n\r\n", target, port);
    check(::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(request.size()),
          "a subscription cannot be asked for");
}

Follower::~Follower() {
    ::close(socket_);
}

void Follower::read(char* buffer, std::size_t size, const Arrived& arrived) {
    const auto received = ::recv(socket_, buffer, size, MSG_DONTWAIT);
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return;
    }
    check(received > 0, "a live feed ended");
    const auto now = Clock::now();
    std::string_view bytes(buffer, static_cast<std::size_t>(received));
    if (!head_taken_) {
        bytes = take_head(bytes);
    }
    chunks_.take(bytes, [&](std::string_view text) { take_text(text, now, arrived); });
    check(!chunks_.ended(), "a live feed ended");
}

std::string_view Follower::take_head(std::string_view bytes) {
    const auto before = head_.size();
    head_.append(bytes);
    const auto end = head_.find("\r\n\r\n");
    if (end == head_.npos) {
        return {};
    }
    check(is_ok(head_), "a subscription was refused: " + head_);
    head_taken_ = true;
    return bytes.substr(end + 4 - before);
}

void Follower::take_text(std::string_view text, Clock::time_point now, const Arrived& arrived) {
    if (begun_.empty()) {
        begun_ = take_messages(text, now, arrived);
        return;
    }
    begun_.append(text);
    begun_.erase(0, begun_.size() - take_messages(begun_, now, arrived).size());
}

std::string_view Follower::take_messages(std::string_view text, Clock::time_point now,
                                         const Arrived& arrived) {
    std::string_view id;
    std::string_view data;
    bool named = false;  // "event: caught-up"
    auto rest = text;    // from the first line of the message on
    for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (line.starts_with(id_field)) {
            id = line.substr(id_field.size());
        } else if (line.starts_with(data_field)) {
            data = line.substr(data_field.size());
        } else if (line.starts_with("event: ")) {
            check(line == "event: caught-up", "an unknown message: " + std::string(line));
            named = true;
        } else if (line.empty()) {
            if (named) {
                caught_up_ = true;
            } else if (!data.empty()) {
                take_message(id, data, now, arrived);
            }
            named = false;
            id = data = {};
            rest = text;
        }
    }
    return rest;
}

void Follower::take_message(std::string_view id, std::string_view data, Clock::time_point now,
                            const Arrived& arrived) {
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(id.data(), id.data() + id.size(), number);
    check(parsed.ec == std::errc{}, "a message has no id");
    check(number > last_id_, fmt::format("message {} came after {}", number, last_id_));
    last_id_ = number;
    seen_.add(number);
    if (number % sample_ == 0) {
        arrived(Appender::number_in(data), now);
    }
}

}  // namespace firn::perf

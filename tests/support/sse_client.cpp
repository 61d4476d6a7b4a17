#include "tests/support/sse_client.hpp"

#include "tests/support/described.hpp"

#include <stdexcept>
#include <utility>

namespace firn::test {

SseClient::SseClient(std::uint16_t port, std::string target, const std::string& last_event_id)
    : client_(port), target_(std::move(target)) {
    std::string request =
        "GET " + target_ + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n";
    if (!last_event_id.empty()) {
        request += "Last-Event-ID: " + last_event_id + "\r\n";
    }
    client_.send(request + "\r\n");
    head_ = client_.read_head();
}

std::optional<std::string> SseClient::next_line() {
    auto end = text_.find_first_of("\r\n", text_at_);
    while (end == std::string::npos) {
        const auto chunk = client_.read_chunk();
        if (!chunk) {
            if (text_at_ != text_.size()) {
                throw std::logic_error("the feed ends in the middle of a line");
            }
            return std::nullopt;
        }
        const auto looked_at = text_.size() - text_at_;
        text_.erase(0, std::exchange(text_at_, 0));
        text_ += *chunk;
        end = text_.find_first_of("\r\n", looked_at);
    }
    auto line = text_.substr(text_at_, end - text_at_);
    text_at_ = end + 1;
    return line;
}

bool SseClient::take_line(const std::string& line, SseMessage& message) {
    const auto value_of = [&line](std::string_view field) {
        return line.starts_with(field) ? std::optional(line.substr(field.size())) : std::nullopt;
    };
    if (line.empty()) {
        return !message.data.empty();
    }
    if (line.starts_with(':')) {
        ++heartbeats_;
    } else if (const auto id = value_of("id: ")) {
        message.id = *id;
    } else if (const auto event = value_of("event: ")) {
        message.event = *event;
    } else if (const auto data = value_of("data: ")) {
        message.data += *data;
    } else if (const auto retry = value_of("retry: ")) {
        retry_ = *retry;
    } else {
        throw std::logic_error("not a line of server-sent events: " + line);
    }
    return false;
}

std::optional<SseMessage> SseClient::next() {
    static const Description description;
    SseMessage message;
    while (const auto line = next_line()) {
        if (take_line(*line, message)) {
            const auto objection =
                description.objection_to_message(target_, message.event, message.data);
            if (!objection.empty()) {
                throw std::logic_error(objection);
            }
            caught_up_ += message.event == "caught-up" ? 1 : 0;
            return message;
        }
    }
    return std::nullopt;
}

SseMessage SseClient::next_event() {
    for (;;) {
        auto message = next();
        if (!message) {
            throw std::runtime_error("the feed has ended");
        }
        if (message->event == "message") {
            return *std::move(message);
        }
    }
}

int SseClient::read_to_caught_up() {
    for (int events = 0;; ++events) {
        const auto message = next();
        if (!message) {
            throw std::runtime_error("the feed has ended");
        }
        if (message->event == "caught-up") {
            return events;
        }
    }
}

void SseClient::read_to_heartbeat() {
    SseMessage passed;
    for (const auto before = heartbeats_; heartbeats_ == before;) {
        const auto line = next_line();
        if (!line) {
            throw std::runtime_error("the feed has ended");
        }
        (void)take_line(*line, passed);
    }
}

}  // namespace firn::test

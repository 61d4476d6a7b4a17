#include "tests/crash/subscriber.hpp"

#include "tests/crash/http_connection.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace firn::test {

namespace json = boost::json;

namespace {

constexpr const char* target = "/v1/subscriptions/reader";
constexpr const char* accepted = "application/json";

void require(bool holds, const std::string& sentence) {
    if (!holds) {
        throw std::runtime_error(sentence);
    }
}

json::value fields_of(const HttpAnswer& answer, const std::string& what) {
    require(answer.status == 200 || answer.status == 201,
            what + " was answered " + std::to_string(answer.status) + ": " + answer.body);
    return json::parse(answer.body);
}

std::uint64_t number(const json::value& fields, const char* name) {
    return fields.at(name).to_number<std::uint64_t>();
}

}  // namespace

Subscriber::Subscriber(std::uint64_t seed, std::string category)
    : random_(seed), category_(std::move(category)) {}

void Subscriber::subscribe(std::uint16_t port) const {
    HttpConnection connection(port);
    (void)fields_of(
        connection.put(target, R"({"category":")" + category_ + R"(","from":"beginning"})"),
        "making the subscription");
}

void Subscriber::read_until_gone(std::uint16_t port) {
    try {
        HttpConnection connection(port);
        for (;;) {
            (void)take_page(connection);
        }
    } catch (const boost::system::system_error&) {
        // As it should. What was acknowledged last may have arrived or not.
    }
}

void Subscriber::read_all(std::uint16_t port) {
    HttpConnection connection(port);
    while (take_page(connection)) {
    }
}

bool Subscriber::take_page(HttpConnection& connection) {
    const auto limit = std::to_string(random_.between(1, 60));
    const auto page =
        fields_of(connection.get(std::string(target) + "/events?limit=" + limit, accepted),
                  "reading the subscription");
    const auto checkpoint = number(page, "checkpoint");
    require(checkpoint >= acknowledged_, "the checkpoint went back from " +
                                             std::to_string(acknowledged_) + " to " +
                                             std::to_string(checkpoint));
    require(checkpoint <= sent_,
            "the checkpoint is " + std::to_string(checkpoint) + ", which nobody acknowledged");
    const auto& events = page.at("events").as_array();
    if (events.empty()) {
        return false;
    }
    for (const auto& event : events) {
        require(event.at("stream").at("category").as_string() == category_,
                "an event of another category came: " + json::serialize(event));
        take_event(number(event, "position"), checkpoint);
    }
    if (random_.percent(80)) {
        const auto which = random_.percent(70) ? events.size() : random_.between(1, events.size());
        acknowledge(connection, number(events[which - 1], "position"));
    }
    return true;
}

void Subscriber::take_event(std::uint64_t position, std::uint64_t checkpoint) {
    require(position > checkpoint, "an event came that was acknowledged");
    if (dealt_with_.empty() || position > dealt_with_.back()) {
        dealt_with_.push_back(position);
        return;
    }
    require(std::ranges::binary_search(dealt_with_, position),
            "position " + std::to_string(position) + " came only after later ones");
    ++came_again_;
}

void Subscriber::acknowledge(HttpConnection& connection, std::uint64_t position) {
    sent_ = std::max(sent_, position);
    const auto answer =
        fields_of(connection.post(std::string(target) + "/ack",
                                  R"({"position":)" + std::to_string(position) + '}'),
                  "acknowledging");
    acknowledged_ = std::max(acknowledged_, position);
    require(number(answer, "checkpoint") == acknowledged_,
            "an acknowledgement was answered with another checkpoint");
}

void Subscriber::check_against(const HistoryCheck& history) const {
    std::vector<std::uint64_t> positions;
    for (const auto& [stream, events] : history.streams()) {
        if (stream.category != category_) {
            continue;
        }
        for (const auto& event : events) {
            positions.push_back(event.position.value());
        }
    }
    std::ranges::sort(positions);
    require(positions.size() >= dealt_with_.size() &&
                std::equal(dealt_with_.begin(), dealt_with_.end(), positions.begin()),
            "what came is not the beginning of what there is");
}

}  // namespace firn::test

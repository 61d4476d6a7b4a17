#include "tests/crash/appending_client.hpp"

#include "actors/identity/event_id.hpp"
#include "tests/crash/http_connection.hpp"

#include <boost/json.hpp>

#include <cstring>
#include <utility>

namespace firn::test {

namespace json = boost::json;

namespace {

std::string body_of(const SentAppend& append, std::optional<std::uint64_t> expected) {
    std::string body = "{\"events\":[";
    for (const auto& event : append.events) {
        body += body.back() == '[' ? "" : ",";
        body +=
            R"({"type":"Appended","id":")" + to_text(event.id) + R"(","data":)" + event.data + '}';
    }
    body += "],\"expected_version\":";
    return body + (expected ? std::to_string(*expected) : "\"any\"") + '}';
}

std::uint64_t number(const json::value& value) {
    return value.to_number<std::uint64_t>();
}

}  // namespace

AppendingClient::AppendingClient(std::uint64_t seed, std::vector<StreamName> streams)
    : random_(seed), streams_(std::move(streams)) {}

void AppendingClient::append_until_gone(std::uint16_t port) {
    try {
        HttpConnection connection(port);
        if (in_doubt_) {
            const auto again = *in_doubt_;
            if (!send(connection, again, true)) {
                return;
            }
        }
        for (;;) {
            in_doubt_ = draw();
            if (!send(connection, *in_doubt_, false)) {
                return;
            }
        }
    } catch (const boost::system::system_error&) {
        // The server is gone, as it should; what was sent last stays in doubt.
    }
}

SentAppend AppendingClient::draw() {
    SentAppend append{random_.pick(streams_), {}};
    const auto count = random_.percent(80) ? 1 : random_.between(2, 40);
    for (std::uint64_t i = 0; i < count; ++i) {
        SentEvent event;
        for (const std::size_t half : {0u, 8u}) {
            const auto bits = random_.next();
            std::memcpy(event.id.data() + half, &bits, sizeof(bits));
        }
        const auto size =
            random_.percent(2) ? random_.between(10'000, 60'000) : random_.between(0, 200);
        event.data =
            R"({"pad":")" + std::string(size, static_cast<char>('a' + random_.below(26))) + R"("})";
        append.events.push_back(std::move(event));
    }
    return append;
}

bool AppendingClient::send(HttpConnection& connection, const SentAppend& append, bool again) {
    // A repeat states no version: its ids say enough.
    const auto expected = again ? std::nullopt : std::optional(heads_[append.stream]);
    const auto answer = connection.post(
        "/v1/streams/" + append.stream.category + '/' + append.stream.id + "/events",
        body_of(append, expected));
    if (answer.status == 409 && !again) {
        take_conflict(append, answer.body);
    } else if (answer.status == 201 || (answer.status == 200 && again)) {
        const auto fields = json::parse(answer.body);
        const auto version = number(fields.at("version"));
        acknowledged_.push_back({append, Version{number(fields.at("first_version"))},
                                 Position{number(fields.at("position"))}});
        has_answer_ = true;
        heads_[append.stream] = version;
        replays_ += answer.status == 200 ? 1 : 0;
    } else {
        complaints_.push_back("an append was answered " + std::to_string(answer.status) + ": " +
                              answer.body);
    }
    in_doubt_.reset();
    return complaints_.empty();
}

void AppendingClient::take_conflict(const SentAppend& append, const std::string& body) {
    const auto fields = json::parse(body);
    if (fields.at("type").as_string() != "urn:firn:problem:wrong-version") {
        complaints_.push_back("a new append was refused: " + body);
        return;
    }
    const auto current = number(fields.at("current_version"));
    if (current <= heads_[append.stream]) {
        complaints_.push_back("a version that was acknowledged is gone: " + body);
    }
    heads_[append.stream] = current;
}

}  // namespace firn::test

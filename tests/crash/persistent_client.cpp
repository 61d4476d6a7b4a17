#include "tests/crash/persistent_client.hpp"

#include "actors/identity/event_id.hpp"
#include "tests/crash/http_connection.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstring>

namespace firn::test {

namespace json = boost::json;

namespace {

bool states_a_version(const SentRequest& request) {
    return std::ranges::any_of(
        request.appends, [](const SentAppend& append) { return append.expected.has_value(); });
}

std::uint64_t number(const json::value& fields, const char* name) {
    return fields.at(name).to_number<std::uint64_t>();
}

}  // namespace

void PersistentClient::write_until_gone(std::uint16_t port) {
    try {
        HttpConnection connection(port);
        const bool again = in_doubt_.has_value();
        in_doubt_ = again ? repeated(*in_doubt_) : draw();
        for (bool repeats = again; send(connection, *in_doubt_, repeats); repeats = false) {
            in_doubt_ = draw();
        }
        in_doubt_.reset();
    } catch (const boost::system::system_error&) {
        // The server is gone, as it should; what was sent last stays in doubt.
    }
}

bool PersistentClient::send(HttpConnection& connection, const SentRequest& request, bool again) {
    const auto answer = connection.post(request.target, body_of(request));
    try {
        take_answer(request, answer, again);
    } catch (const std::exception& failure) {
        complain("an answer of " + request.target + " cannot be read (" + failure.what() +
                 "): " + answer.body);
    }
    return complaints_.empty();
}

void PersistentClient::take_answer(const SentRequest& request, const HttpAnswer& answer,
                                   bool again) {
    const auto fields = json::parse(answer.body);
    if (answer.status == 201 || (answer.status == 200 && again)) {
        take_success(request, fields);
        has_answer_ = true;
        replays_ += answer.status == 200 ? 1 : 0;
    } else if (answer.status == 409 && states_a_version(request) &&
               fields.at("type").as_string() == "urn:firn:problem:wrong-version") {
        take_conflict(request, fields);
    } else {
        complain("a request to " + request.target + " was answered " +
                 std::to_string(answer.status) + ": " + answer.body);
    }
}

EventId PersistentClient::draw_id() {
    EventId id{};
    for (const std::size_t half : {0u, 8u}) {
        const auto bits = random_.next();
        std::memcpy(id.data() + half, &bits, sizeof(bits));
    }
    return id;
}

std::uint64_t PersistentClient::head(const StreamName& stream) const {
    const auto known = heads_.find(stream);
    return known == heads_.end() ? 0 : known->second;
}

void PersistentClient::acknowledge(const SentAppend& append, const json::value& result) {
    heads_[append.stream] = number(result, "version");
    if (!append.events.empty()) {
        acknowledged_.push_back({append, Version{number(result, "first_version")},
                                 Position{number(result, "position")}});
    }
}

void PersistentClient::take_current_version(const SentAppend& append, std::uint64_t current) {
    auto& known = heads_[append.stream];
    if (current <= known) {
        complain("a version that was acknowledged is gone: " + append.stream.category + '/' +
                 append.stream.id + " is at " + std::to_string(current));
    }
    known = current;
}

std::string json_of(const std::vector<SentEvent>& events) {
    std::string text = "[";
    for (const auto& event : events) {
        text += text.back() == '[' ? "" : ",";
        text += R"({"type":")" + event.type + R"(","id":")" + to_text(event.id) + R"(","data":)" +
                event.data + '}';
    }
    return text + ']';
}

std::string json_of(std::optional<std::uint64_t> expected) {
    return expected ? std::to_string(*expected) : "\"any\"";
}

}  // namespace firn::test

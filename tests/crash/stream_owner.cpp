#include "tests/crash/stream_owner.hpp"

#include "actors/identity/event_id.hpp"
#include "tests/crash/http_connection.hpp"

#include <boost/json.hpp>

#include <cstring>
#include <stdexcept>

namespace firn::test {

namespace json = boost::json;

namespace {

constexpr const char* as_json = "application/json";
constexpr std::uint64_t members = 5;

void require(bool holds, const std::string& sentence) {
    if (!holds) {
        throw std::runtime_error(sentence);
    }
}

std::uint64_t number(const json::value& fields, const std::string& name) {
    return fields.at(name).to_number<std::uint64_t>();
}

std::string said(const HttpAnswer& answer) {
    return std::to_string(answer.status) + ": " + answer.body;
}

EventId random_id(Random& random) {
    EventId id{};
    for (const std::size_t half : {0u, 8u}) {
        const auto bits = random.next();
        std::memcpy(id.data() + half, &bits, sizeof(bits));
    }
    return id;
}

// Each event changes one of the members, so that every one counts.
std::string data_of(std::uint64_t version) {
    const auto text = std::to_string(version);
    return R"({"n":)" + text + R"(,"m)" + std::to_string(version % members) + R"(":)" + text + '}';
}

bool is_state_at(const json::value& state, std::uint64_t version) {
    const auto& object = state.as_object();
    if (object.size() != 1 + std::min(version, members) || number(state, "n") != version) {
        return false;
    }
    for (auto last = version; last > 0 && last + members > version; --last) {
        if (number(state, "m" + std::to_string(last % members)) != last) {
            return false;
        }
    }
    return true;
}

}  // namespace

StreamOwner::StreamOwner(std::uint64_t seed, std::string name, std::size_t streams)
    : random_(seed), name_(std::move(name)) {
    for (std::size_t i = 0; i != streams; ++i) {
        streams_.push_back(fresh());
    }
}

StreamOwner::Stream StreamOwner::fresh() {
    return {name_ + '-' + std::to_string(made_++), {}, false};
}

std::string StreamOwner::path_of(const Stream& stream) {
    return std::string("/v1/streams/") + category + '/' + stream.id;
}

std::string StreamOwner::draw_id(Random& random) const {
    // As many as there are at once; of the older ones, some are gone.
    return name_ + '-' + std::to_string(random.below(streams_.size() + 4));
}

void StreamOwner::work_until_gone(std::uint16_t port) {
    try {
        HttpConnection connection(port);
        if (doubt_) {
            send(connection, true);
        }
        for (;;) {
            work(connection);
        }
    } catch (const boost::system::system_error&) {
        // As it should; what was sent last stays in doubt.
    }
}

void StreamOwner::work(HttpConnection& connection) {
    const auto which = static_cast<std::size_t>(random_.below(streams_.size()));
    auto& stream = streams_[which];
    if (random_.percent(15) && !stream.events.empty()) {
        check_state(connection, stream);
        return;
    }
    if (random_.percent(5) && !stream.events.empty()) {
        (void)check_stream(connection, stream);
        return;
    }
    doubt_ = Doubt{which, {}};
    const bool deletes = random_.percent(2) && !stream.events.empty();
    const auto count = deletes ? 0 : random_.between(1, 6);
    for (std::uint64_t i = 0; i != count; ++i) {
        doubt_->ids.push_back(random_id(random_));
    }
    send(connection, false);
}

void StreamOwner::send(HttpConnection& connection, bool again) {
    auto& stream = streams_[doubt_->stream];
    if (doubt_->ids.empty()) {
        erase(connection, stream, again);
    } else {
        append(connection, stream, again);
    }
    doubt_.reset();
}

void StreamOwner::append(HttpConnection& connection, Stream& stream, bool again) {
    const auto version = stream.events.size();
    std::string body = R"({"events":[)";
    for (std::size_t i = 0; i != doubt_->ids.size(); ++i) {
        body += i == 0 ? "" : ",";
        body += R"({"type":"Changed","id":")" + to_text(doubt_->ids[i]) + R"(","data":)" +
                data_of(version + i + 1) + '}';
    }
    body += R"(],"expected_version":)" + std::to_string(version) + '}';
    const auto answer = connection.post(path_of(stream) + "/events", std::move(body));
    require(answer.status == 201 || (again && answer.status == 200),
            "an append to " + stream.id + " was answered " + said(answer));
    stream.events.insert(stream.events.end(), doubt_->ids.begin(), doubt_->ids.end());
    events_ += doubt_->ids.size();
    require(number(json::parse(answer.body), "version") == stream.events.size(),
            "an append to " + stream.id + " led to another version: " + answer.body);
}

void StreamOwner::erase(HttpConnection& connection, Stream& stream, bool again) {
    const auto answer = connection.erase(path_of(stream));
    require(answer.status == 204 || (again && answer.status == 410),
            "deleting " + stream.id + " was answered " + said(answer));
    ++deletions_;
    stream.deleted = true;
    gone_.push_back(std::move(stream));
    stream = fresh();
}

void StreamOwner::check_state(HttpConnection& connection, const Stream& stream) const {
    const auto answer = connection.get(path_of(stream) + "/state", as_json);
    require(answer.status == 200, "the state of " + stream.id + " was answered " + said(answer));
    const auto fields = json::parse(answer.body);
    require(number(fields, "version") == stream.events.size() &&
                is_state_at(fields.at("state"), stream.events.size()),
            "the state of " + stream.id + " is not that of " +
                std::to_string(stream.events.size()) + " events: " + answer.body);
}

std::uint64_t StreamOwner::check_stream(HttpConnection& connection, const Stream& stream) const {
    const auto answer = connection.get(path_of(stream), as_json);
    if (stream.deleted) {
        require(answer.status == 410, stream.id + " was deleted, and answers " + said(answer));
        return 0;
    }
    if (stream.events.empty()) {
        require(answer.status == 404,
                stream.id + " was never written, and answers " + said(answer));
        return 0;
    }
    require(answer.status == 200, stream.id + " answers " + said(answer));
    const auto facts = json::parse(answer.body);
    const auto first = number(facts, "first_version");
    require(number(facts, "version") == stream.events.size() && first >= 1 &&
                number(facts, "events") == stream.events.size() + 1 - first,
            stream.id + " has " + answer.body + ", not " + std::to_string(stream.events.size()) +
                " events");
    // A compaction may take more of it meanwhile; then the page says so, or begins later.
    const auto page = connection.get(path_of(stream) + "/events?limit=10000", as_json);
    require(page.status == 200, "the events of " + stream.id + " were answered " + said(page));
    const auto events = json::parse(page.body);
    auto version = number(events, "first_version");
    require(version >= first, stream.id + " begins before it was cut: " + page.body);
    for (const auto& event : events.at("events").as_array()) {
        require(number(event, "version") == version &&
                    event.at("id").as_string() == to_text(stream.events[version - 1]) &&
                    number(event.at("data"), "n") == version,
                stream.id + " holds another event at version " + std::to_string(version) + ": " +
                    json::serialize(event));
        ++version;
    }
    require(version == stream.events.size() + 1, stream.id + " ends too early: " + page.body);
    return first;
}

void StreamOwner::check(std::uint16_t port) {
    HttpConnection connection(port);
    if (doubt_) {
        send(connection, true);
    }
    for (const auto& stream : streams_) {
        (void)check_stream(connection, stream);
        if (!stream.events.empty()) {
            check_state(connection, stream);
        }
    }
    for (const auto& stream : gone_) {
        (void)check_stream(connection, stream);
    }
}

void StreamOwner::check_kept(std::uint16_t port, std::uint64_t keep_last) {
    check(port);
    HttpConnection connection(port);
    for (const auto& stream : streams_) {
        const auto events = stream.events.size();
        if (events > keep_last) {
            require(check_stream(connection, stream) > events - keep_last,
                    stream.id + " was not compacted");
        }
    }
}

}  // namespace firn::test

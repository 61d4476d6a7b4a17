#include "tests/crash/history_check.hpp"

#include "actors/identity/event_id.hpp"
#include "actors/identity/timestamp.hpp"
#include "storage/chain_hash.hpp"
#include "tests/crash/http_connection.hpp"

#include <boost/json.hpp>

#include <sstream>
#include <stdexcept>

namespace firn::test {

namespace json = boost::json;

namespace {

constexpr const char* ndjson = "application/x-ndjson";

void require(bool holds, const std::string& sentence) {
    if (!holds) {
        throw std::runtime_error(sentence);
    }
}

std::string text(const json::value& value) {
    return std::string(value.as_string());
}

// Data and metadata were sent in the form that Boost.JSON writes, so that it gives them back.
SeenEvent parse_event(const json::value& line) {
    SeenEvent event;
    const auto id = parse_event_id(text(line.at("id")));
    const auto recorded_at = parse_rfc3339(text(line.at("recorded_at")));
    require(id && recorded_at, "an event has no id or time: " + json::serialize(line));
    event.id = *id;
    event.type = text(line.at("type"));
    event.data = json::serialize(line.at("data"));
    event.metadata = json::serialize(line.at("metadata"));
    event.version = Version{line.at("version").to_number<std::uint64_t>()};
    event.position = Position{line.at("position").to_number<std::uint64_t>()};
    event.recorded_at = *recorded_at;
    return event;
}

std::string get(HttpConnection& connection, const std::string& target, const char* accept) {
    auto answer = connection.get(target, accept);
    require(answer.status == 200, "GET " + target + " was answered " +
                                      std::to_string(answer.status) + ": " + answer.body);
    return std::move(answer.body);
}

std::string path(const StreamName& stream) {
    return "/v1/streams/" + stream.category + '/' + stream.id;
}

Hash chain_of(const StreamName& stream, const std::vector<SeenEvent>& events) {
    auto chain = chain_start(stream.category, stream.id);
    for (const auto& event : events) {
        EventView view;
        view.id = event.id;
        view.type = event.type;
        view.data = event.data;
        view.metadata = event.metadata;
        view.version = event.version;
        view.recorded_at = event.recorded_at;
        chain = chain_next(chain, view);
    }
    return chain;
}

}  // namespace

HistoryCheck::HistoryCheck(std::uint16_t port) : port_(port) {
    HttpConnection connection(port);
    for (;;) {
        const auto before = events_;
        std::istringstream page(
            get(connection, "/v1/events?limit=10000&after=" + std::to_string(events_), ndjson));
        for (std::string line; std::getline(page, line);) {
            take_line(line);
        }
        if (events_ == before) {
            return;
        }
    }
}

void HistoryCheck::take_line(const std::string& line) {
    const auto fields = json::parse(line);
    auto event = parse_event(fields);
    const auto& name = fields.at("stream");
    auto& stream = streams_[{text(name.at("category")), text(name.at("id"))}];
    require(
        event.position == Position{events_ + 1},
        "the feed has a gap or a repeat before position " + std::to_string(event.position.value()));
    require(event.version == Version{stream.size() + 1}, "a stream has a gap or a repeat: " + line);
    require(ids_.emplace(event.id, event.version).second, "an id is there twice: " + line);
    stream.push_back(std::move(event));
    ++events_;
}

void HistoryCheck::check_acknowledged(const Acknowledged& acknowledged) const {
    const auto& [sent, first_version, last_position] = acknowledged;
    const auto found = streams_.find(sent.stream);
    const auto count = sent.events.size();
    const auto what = path(sent.stream) + " version " + std::to_string(first_version.value());
    require(found != streams_.end() && found->second.size() >= first_version.value() - 1 + count,
            "an acknowledged append is lost: " + what);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& event = found->second[first_version.value() - 1 + i];
        require(event.id == sent.events[i].id, "another event took the place of " + what);
        require(event.type == sent.events[i].type, "the type is not what was sent: " + what);
        require(event.data == sent.events[i].data, "the data is not what was sent: " + what);
        require(event.position.plus(count - 1 - i) == last_position,
                "the position is not the acknowledged one: " + what);
    }
}

void HistoryCheck::check_in_doubt(const SentRequest& request) const {
    std::size_t sent = 0;
    std::size_t there = 0;
    for (const auto& append : request.appends) {
        std::optional<Version> before;
        for (const auto& event : append.events) {
            ++sent;
            const auto known = ids_.find(event.id);
            if (known == ids_.end()) {
                continue;
            }
            ++there;
            require(!before || known->second == before->next(),
                    "an append was torn: " + path(append.stream));
            before = known->second;
        }
    }
    require(there == 0 || there == sent, "half a request to " + request.target + " is there");
}

void HistoryCheck::check_streams() const {
    HttpConnection connection(port_);
    for (const auto& [stream, events] : streams_) {
        check_stream(connection, stream, events);
    }
}

void HistoryCheck::check_stream(HttpConnection& connection, const StreamName& stream,
                                const std::vector<SeenEvent>& events) const {
    const auto facts = json::parse(get(connection, path(stream), "application/json"));
    const auto version = facts.at("version").to_number<std::uint64_t>();
    require(version == events.size(), "the version is not the number of events: " + path(stream));
    require(text(facts.at("chain_hash")) == to_hex(chain_of(stream, events)),
            "the chain does not hold: " + path(stream));
    std::size_t read = 0;
    while (read < events.size()) {
        const auto before = read;
        std::istringstream page(
            get(connection, path(stream) + "/events?limit=10000&from=" + std::to_string(read + 1),
                ndjson));
        for (std::string line; std::getline(page, line); ++read) {
            require(read < events.size() && parse_event(json::parse(line)) == events[read],
                    "the stream differs from the feed: " + path(stream));
        }
        require(read > before, "the stream ends before its version: " + path(stream));
    }
}

}  // namespace firn::test

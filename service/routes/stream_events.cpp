// GET /v1/streams/{category}/{id}/events
#include "service/http/error_problem.hpp"
#include "service/http/json_text.hpp"
#include "service/http/media_type.hpp"
#include "service/routes/event_json.hpp"
#include "service/routes/live/stream_source.hpp"
#include "service/routes/live_answer.hpp"
#include "service/routes/resources.hpp"

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace firn {

namespace {

struct PageRequest {
    StreamName stream;
    StreamQuery query;
};

Read<Direction> direction_of(const RequestTarget& target) {
    const auto text = parameter(target, "direction").value_or("forward");
    if (text == "forward") {
        return Direction::forward;
    }
    if (text == "backward") {
        return Direction::backward;
    }
    return bad_parameter("direction", "\"direction\" must be forward or backward, not \"" +
                                          std::string(text) + "\".");
}

Read<PageRequest> check(const Call& call) {
    const auto& target = call.request.target;
    auto stream = stream_of(call.request);
    if (!stream) {
        return stream.error();
    }
    const auto from =
        number_parameter(target, "from", 0, std::numeric_limits<std::uint64_t>::max());
    if (!from) {
        return from.error();
    }
    const auto limit = limit_of(call);
    if (!limit) {
        return limit.error();
    }
    const auto direction = direction_of(target);
    if (!direction) {
        return direction.error();
    }
    PageRequest page;
    page.stream = *std::move(stream);
    page.query.limit = *limit;
    page.query.direction = *direction;
    page.query.bytes_max = call.config.limits.page_bytes_max;
    // The store takes 0 as "from the end that I have"; a client that asks for 0 means the very
    // first event, and is told if that is gone.
    page.query.from = *from ? Version{std::max<std::uint64_t>(**from, 1)} : no_version;
    return page;
}

// Empty: nothing follows.
std::string next_url(const Call& call, const StreamQuery& query, const StreamPage& page) {
    if (page.events.empty()) {
        return {};
    }
    const auto last = page.events.back().version;
    const bool forward = query.direction == Direction::forward;
    if (forward ? last >= page.version : last <= page.first_version) {
        return {};
    }
    std::string url(call.request.target.raw_path());
    url.append("?from=");
    append_number(url, forward ? last.value() + 1 : last.value() - 1);
    url.append("&limit=");
    append_number(url, query.limit);
    return url.append(forward ? "" : "&direction=backward");
}

void write_json(Response& response, const StreamName& stream, const StreamPage& page,
                std::string_view next) {
    response.content_type = content_types::json;
    auto& out = response.body;
    out.append("{\"stream\":");
    append_stream(out, stream);
    out.append(",\"events\":[");
    for (const auto& event : page.events) {
        out.append(out.back() == '[' ? "" : ",");
        append_event(out, event, nullptr, Lines::as_sent);
    }
    out.append("],\"version\":");
    append_number(out, page.version.value());
    out.append(",\"first_version\":");
    append_number(out, page.first_version.value());
    out.append(",\"next\":");
    if (next.empty()) {
        out.append("null}");
    } else {
        append_json_string(out, next);
        out.push_back('}');
    }
}

// Larger pages of lines are made while they are sent: a client parses the first ones meanwhile.
constexpr std::size_t whole_events_max = 256;
constexpr std::size_t piece_bytes = 240u << 10;

void append_line(std::string& out, const EventView& event) {
    append_event(out, event, nullptr, Lines::one);
    out.push_back('\n');
}

class PageLines final : public BodySource {
public:
    explicit PageLines(StreamPage page) : page_(std::move(page)) {}

    boost::asio::awaitable<bool> next(std::string& out) override {
        const auto begin = out.size();
        while (next_ < page_.events.size() && out.size() - begin < piece_bytes) {
            append_line(out, page_.events[next_++]);
        }
        co_return next_ < page_.events.size();
    }

private:
    const StreamPage page_;
    std::size_t next_ = 0;
};

void write_lines(Response& response, StreamPage page) {
    response.content_type = content_types::ndjson;
    if (page.events.size() > whole_events_max) {
        response.source = std::make_unique<PageLines>(std::move(page));
        return;
    }
    for (const auto& event : page.events) {
        append_line(response.body, event);
    }
}

void write_failure(const Call& call, const StreamName& stream, const error_code& error) {
    auto problem = problem_of(error, subject_of(stream));
    if (error == storage_errc::compacted) {
        if (const auto facts = call.service.store().facts(stream)) {
            problem = std::move(problem)
                          .with("first_version", facts->first_version.value())
                          .with("snapshot_version", facts->first_version.value() - 1);
        }
    }
    problem.write_to(call.response);
}

void follow(const Call& call, const PageRequest& request) {
    const auto resume = live_resume(call, {"limit", "direction"});
    if (!resume) {
        resume.error().write_to(call.response);
        return;
    }
    auto query = request.query;
    if (*resume) {
        query.from = Version{**resume}.next();
    }
    // What would be wrong with the first page is told before anything is sent.
    query.limit = 1;
    const auto page = call.service.store().read(request.stream, query);
    // Events that were compacted away are no reason not to begin: a snapshot stands in for them.
    if (!page && page.error() != storage_errc::compacted) {
        write_failure(call, request.stream, page.error());
        return;
    }
    const auto from = std::max(query.from, Version{1});
    start_live(
        call, std::make_unique<StreamSource>(call.service, call.live,
                                             call.config.timeouts.heartbeat, request.stream, from));
}

}  // namespace

bool read_events(const Call& call) {
    const auto checked = check(call);
    if (!checked) {
        checked.error().write_to(call.response);
        return true;
    }
    if (wants_live(call)) {
        follow(call, *checked);
        return true;
    }
    auto page = call.service.store().read(checked->stream, checked->query);
    if (!page) {
        write_failure(call, checked->stream, page.error());
        return true;
    }
    const auto next = next_url(call, checked->query, *page);
    if (!next.empty()) {
        call.response.add_header("Link", "<" + next + ">; rel=\"next\"");
    }
    constexpr std::string_view offers[] = {content_types::json, content_types::ndjson};
    if (choose_media_type(call.request.headers.accept, offers) == std::size_t{1}) {
        write_lines(call.response, *std::move(page));
    } else {
        write_json(call.response, checked->stream, *page, next);
    }
    return true;
}

}  // namespace firn

// GET /v1/events
#include "service/http/error_problem.hpp"
#include "service/http/json_text.hpp"
#include "service/http/media_type.hpp"
#include "service/http/percent.hpp"
#include "service/routes/event_json.hpp"
#include "service/routes/live/feed_source.hpp"
#include "service/routes/live_answer.hpp"
#include "service/routes/resources.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <limits>

namespace firn {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t wait_seconds_max = 60;
// Long waits look up this often, to see whether the server stops.
constexpr std::chrono::milliseconds wait_slice{250};

struct FeedRequest {
    FeedQuery query;
    std::chrono::seconds wait{0};
};

std::optional<Problem> read_filters(const RequestTarget& target, FeedQuery& query) {
    for (const auto& [name, value] : target.parameters()) {
        if (name == "category") {
            if (!is_valid_category(value)) {
                return bad_parameter(
                    name, "\"" + std::string(value) + "\" is not the name of a category.");
            }
            query.categories.emplace_back(value);
        } else if (name == "type") {
            if (value.empty() || value.size() > 255) {
                return bad_parameter(name, "\"type\" must have 1 to 255 bytes.");
            }
            query.types.emplace_back(value);
        } else if (name == "id_prefix") {
            query.id_prefix = value;
        }
    }
    return std::nullopt;
}

Read<FeedRequest> check(const Call& call) {
    constexpr auto any = std::numeric_limits<std::uint64_t>::max();
    const auto& target = call.request.target;
    FeedRequest request;
    const auto after = number_parameter(target, "after", 0, any);
    if (!after) {
        return after.error();
    }
    const auto limit = limit_of(call);
    if (!limit) {
        return limit.error();
    }
    const auto wait = number_parameter(target, "wait", 0, wait_seconds_max);
    if (!wait) {
        return wait.error();
    }
    if (auto problem = read_filters(target, request.query)) {
        return *std::move(problem);
    }
    request.query.after = Position{after->value_or(0)};
    request.query.limit = *limit;
    request.query.bytes_max = call.config.limits.page_bytes_max;
    request.wait = std::chrono::seconds(wait->value_or(0));
    return request;
}

std::string next_url(const FeedRequest& request, Position next_after) {
    std::string url = "/v1/events?after=";
    append_number(url, next_after.value());
    url.append("&limit=");
    append_number(url, request.query.limit);
    const auto add = [&url](std::string_view name, std::string_view value) {
        url.append("&").append(name).append("=");
        append_percent_encoded(url, value);
    };
    for (const auto& category : request.query.categories) {
        add("category", category);
    }
    for (const auto& type : request.query.types) {
        add("type", type);
    }
    if (!request.query.id_prefix.empty()) {
        add("id_prefix", request.query.id_prefix);
    }
    if (request.wait.count() > 0) {
        add("wait", std::to_string(request.wait.count()));
    }
    return url;
}

void write_page(const Call& call, const FeedRequest& request, const FeedPage& page) {
    auto& response = call.response;
    auto& out = response.body;
    const auto next = next_url(request, page.next_after);
    response.add_header("Link", "<" + next + ">; rel=\"next\"");
    constexpr std::string_view offers[] = {content_types::json, content_types::ndjson};
    if (choose_media_type(call.request.headers.accept, offers) == std::size_t{1}) {
        response.content_type = content_types::ndjson;
        for (const auto& event : page.events) {
            append_feed_event(out, event, Lines::one);
            out.push_back('\n');
        }
        return;
    }
    response.content_type = content_types::json;
    out.append("{\"events\":[");
    for (const auto& event : page.events) {
        out.append(out.back() == '[' ? "" : ",");
        append_feed_event(out, event, Lines::as_sent);
    }
    out.append("],\"next\":");
    append_json_string(out, next);
    out.append(",\"head\":");
    append_number(out, page.head.value());
    out.push_back('}');
}

}  // namespace

asio::awaitable<void> read_feed(Call call) {
    auto request = check(call);
    if (!request) {
        request.error().write_to(call.response);
        co_return;
    }
    if (wants_live(call)) {
        const auto resume = live_resume(call, {"limit", "wait"});
        if (!resume) {
            resume.error().write_to(call.response);
            co_return;
        }
        request->query.after = Position{resume->value_or(request->query.after.value())};
        start_live(call, std::make_unique<FeedSource>(call.service, call.live,
                                                      call.config.timeouts.heartbeat,
                                                      std::move(request->query)));
        co_return;
    }
    const auto until = Clock::now() + request->wait;
    for (;;) {
        const auto page = call.service.store().feed(request->query);
        if (!page) {
            problem_of(page.error(), "The feed").write_to(call.response);
            co_return;
        }
        const auto now = Clock::now();
        if (!page->events.empty() || now >= until || call.request.server_stops()) {
            write_page(call, *request, *page);
            co_return;
        }
        // What was looked at and did not match need not be looked at again.
        request->query.after = page->next_after;
        if (page->next_after < page->head) {
            co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
            continue;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
        co_await call.service.wait_past(page->next_after, std::min(left, wait_slice));
    }
}

}  // namespace firn

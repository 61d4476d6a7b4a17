// GET /v1/events
#include "actors/stand_in_states.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_text.hpp"
#include "service/http/percent.hpp"
#include "service/routes/feed_page.hpp"
#include "service/routes/live_answer.hpp"
#include "service/routes/resources.hpp"

#include <limits>

namespace firn {

namespace asio = boost::asio;

namespace {

struct FeedRequest {
    FeedQuery query;
    std::chrono::seconds wait{0};
};

std::optional<Problem> read_filters(const RequestTarget& target, FeedQuery& query) {
    auto categories = category_filter_of(target);
    if (!categories) {
        return categories.error();
    }
    query.categories = *std::move(categories);
    for (const auto& [name, value] : target.parameters()) {
        if (name == "type") {
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
    const auto bounds = feed_page_bounds_of(call);
    if (!bounds) {
        return bounds.error();
    }
    if (auto problem = read_filters(target, request.query)) {
        return *std::move(problem);
    }
    request.query.after = Position{after->value_or(0)};
    request.query.limit = bounds->limit;
    request.query.bytes_max = call.config.limits.page_bytes_max;
    request.wait = bounds->wait;
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
    if (write_lines_if_asked(call, page)) {
        return;
    }
    response.content_type = content_types::json;
    append_feed_events(out.append("{\"events\":"), page);
    out.append(",\"next\":");
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
        follow_feed(call, std::move(request->query), {"limit", "wait"});
        co_return;
    }
    const auto until = FeedClock::now() + request->wait;
    for (;;) {
        const auto page = feed_with_states(call.service.store(), request->query);
        if (!page) {
            problem_of(page.error(), "The feed").write_to(call.response);
            co_return;
        }
        if (!page->events.empty() || has_waited_enough(call, until)) {
            write_page(call, *request, *page);
            co_return;
        }
        // What was looked at and did not match need not be looked at again.
        request->query.after = page->next_after;
        co_await wait_to_look_on(call, page->next_after, page->head, until);
    }
}

}  // namespace firn

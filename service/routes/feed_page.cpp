#include "service/routes/feed_page.hpp"

#include "service/http/media_type.hpp"
#include "service/routes/event_json.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace firn {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t wait_seconds_max = 60;
// Long waits look up this often, to see whether the server stops.
constexpr std::chrono::milliseconds wait_slice{250};

}  // namespace

Read<FeedPageBounds> feed_page_bounds_of(const Call& call) {
    const auto limit = limit_of(call);
    if (!limit) {
        return limit.error();
    }
    const auto wait = number_parameter(call.request.target, "wait", 0, wait_seconds_max);
    if (!wait) {
        return wait.error();
    }
    return FeedPageBounds{*limit, std::chrono::seconds(wait->value_or(0))};
}

bool has_waited_enough(const Call& call, FeedClock::time_point until) {
    return FeedClock::now() >= until || call.request.server_stops();
}

asio::awaitable<void> wait_to_look_on(Call call, Position looked_at, Position head,
                                      FeedClock::time_point until) {
    if (looked_at < head) {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        co_return;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - FeedClock::now());
    co_await call.service.wait_past(looked_at, std::min(left, wait_slice));
}

bool write_lines_if_asked(const Call& call, const FeedPage& page) {
    constexpr std::string_view offers[] = {content_types::json, content_types::ndjson};
    if (choose_media_type(call.request.headers.accept, offers) != std::size_t{1}) {
        return false;
    }
    call.response.content_type = content_types::ndjson;
    for (const auto& event : page.events) {
        append_feed_event(call.response.body, event, Lines::one);
        call.response.body.push_back('\n');
    }
    return true;
}

void append_feed_events(std::string& out, const FeedPage& page) {
    out.push_back('[');
    for (const auto& event : page.events) {
        out.append(out.back() == '[' ? "" : ",");
        append_feed_event(out, event, Lines::as_sent);
    }
    out.push_back(']');
}

}  // namespace firn

#include "service/routes/live_answer.hpp"

#include "service/http/media_type.hpp"
#include "service/routes/live/feed_source.hpp"

#include <limits>
#include <string>

namespace firn {

bool wants_live(const Call& call) {
    constexpr std::string_view offers[] = {content_types::json, content_types::ndjson,
                                           content_types::event_stream};
    return choose_media_type(call.request.headers.accept, offers) == std::size_t{2};
}

Read<std::optional<std::uint64_t>> live_resume(
    const Call& call, std::initializer_list<std::string_view> only_for_pages) {
    for (const auto name : only_for_pages) {
        if (parameter(call.request.target, name)) {
            return bad_parameter(
                name, "\"" + std::string(name) + "\" is for pages; a live feed has no use for it.");
        }
    }
    const auto& last = call.request.headers.last_event_id;
    if (!last || last->empty()) {
        return std::optional<std::uint64_t>{};
    }
    const auto place = parse_number(*last);
    if (!place || *place > std::numeric_limits<std::int64_t>::max()) {
        return bad_parameter("Last-Event-ID",
                             "The Last-Event-ID \"" + std::string(*last) +
                                 "\" is not the id of a message of this feed: a number.");
    }
    return place;
}

void start_live(const Call& call, std::unique_ptr<BodySource> source) {
    auto& response = call.response;
    response.content_type = content_types::event_stream;
    response.add_header("Cache-Control", "no-cache");
    response.add_header("X-Accel-Buffering", "no");  // nginx would hold messages back
    response.source = std::move(source);
}

void follow_feed(const Call& call, FeedQuery query,
                 std::initializer_list<std::string_view> only_for_pages) {
    const auto resume = live_resume(call, only_for_pages);
    if (!resume) {
        resume.error().write_to(call.response);
        return;
    }
    query.after = Position{resume->value_or(query.after.value())};
    start_live(call,
               std::make_unique<FeedSource>(call.service, call.live, call.config.timeouts.heartbeat,
                                            std::move(query)));
}

}  // namespace firn

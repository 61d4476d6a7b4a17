// Answering with a live feed instead of a page.
// Thread: the request's. Errors: Problem.
#pragma once

#include "service/routes/call.hpp"

#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>

namespace firn {

// Its Accept field asks for server-sent events.
[[nodiscard]] bool wants_live(const Call& call);
// Where the client stopped, by Last-Event-ID; none: it begins. Parameters that are only for pages
// are refused.
[[nodiscard]] Read<std::optional<std::uint64_t>> live_resume(
    const Call& call, std::initializer_list<std::string_view> only_for_pages);
void start_live(const Call& call, std::unique_ptr<BodySource> source);
// Follows the global feed from after the query's position, or from where the client stopped.
void follow_feed(const Call& call, FeedQuery query,
                 std::initializer_list<std::string_view> only_for_pages);

}  // namespace firn

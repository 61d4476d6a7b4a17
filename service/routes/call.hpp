// One request on its way through a route, with all that a route may use.
// Thread: the request's. Errors: Problem.
#pragma once

#include "actors/service.hpp"
#include "service/http/http_config.hpp"
#include "service/http/http_counters.hpp"
#include "service/http/query_parameters.hpp"
#include "service/http/request.hpp"
#include "service/http/response.hpp"
#include "service/routes/live/live_feed.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace firn {

// References, so that it is passed by value into coroutines; all outlive the request.
struct Call {
    Service& service;
    const HttpConfig& config;
    const HttpCounters& counters;
    LiveFeed& live;
    const Request& request;
    Response& response;
};

// The stream that the path names, in its third and fourth segment.
[[nodiscard]] Read<StreamName> stream_of(const Request& request);
// "The stream file/src%2FMakefile", for details of problems.
[[nodiscard]] std::string subject_of(const StreamName& stream);
// {"category":…,"id":…}
void append_stream(std::string& out, const StreamName& stream);

// The category that the path names, in its third segment.
[[nodiscard]] Read<std::string> category_of(const Request& request);
// The subscription that the path names, in its third segment.
[[nodiscard]] Read<std::string> subscription_of(const Request& request);
// 410 for a stream that was deleted; one that never was is fine.
[[nodiscard]] std::optional<Problem> check_not_deleted(const Call& call, const StreamName& stream);

// Every `category` of the query; none: all.
[[nodiscard]] Read<std::vector<std::string>> category_filter_of(const RequestTarget& target);

// `limit` of a page.
[[nodiscard]] Read<std::uint32_t> limit_of(const Call& call);

}  // namespace firn

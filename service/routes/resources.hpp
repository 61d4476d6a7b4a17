// The routes' functions, by resource; route_table.cpp says which path and method calls which.
// Thread: the request's. Errors: become problems in the response.
#pragma once

#include "service/routes/call.hpp"

#include <boost/asio/awaitable.hpp>

namespace firn {

// stream_append.cpp
boost::asio::awaitable<void> append_events(Call call);
// stream_events.cpp
[[nodiscard]] bool read_events(const Call& call);
// stream_state.cpp
[[nodiscard]] bool read_cached_state(const Call& call);
boost::asio::awaitable<void> read_state(Call call);
// stream_info.cpp
[[nodiscard]] bool read_stream_info(const Call& call);
boost::asio::awaitable<void> delete_stream(Call call);
// stream_list.cpp
[[nodiscard]] bool list_streams(const Call& call);
// feed.cpp
boost::asio::awaitable<void> read_feed(Call call);
// operations.cpp
[[nodiscard]] bool answer_livez(const Call& call);
[[nodiscard]] bool answer_readyz(const Call& call);
[[nodiscard]] bool read_stats(const Call& call);
[[nodiscard]] bool read_openapi(const Call& call);
// metrics.cpp
[[nodiscard]] bool read_metrics(const Call& call);

}  // namespace firn

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
// stream_commands.cpp
boost::asio::awaitable<void> run_command(Call call);
// stream_snapshots.cpp
[[nodiscard]] bool list_snapshots(const Call& call);
[[nodiscard]] bool read_snapshot(const Call& call);
boost::asio::awaitable<void> take_snapshot(Call call);
boost::asio::awaitable<void> put_snapshot(Call call);
// stream_policy.cpp
[[nodiscard]] bool read_policy(const Call& call);
boost::asio::awaitable<void> put_policy(Call call);
boost::asio::awaitable<void> delete_policy(Call call);
// categories.cpp
[[nodiscard]] bool list_categories(const Call& call);
[[nodiscard]] bool read_category(const Call& call);
boost::asio::awaitable<void> put_category(Call call);
boost::asio::awaitable<void> delete_category(Call call);
[[nodiscard]] bool read_advice(const Call& call);
// stream_list.cpp
[[nodiscard]] bool list_streams(const Call& call);
// transactions.cpp
boost::asio::awaitable<void> run_transaction(Call call);
// feed.cpp
boost::asio::awaitable<void> read_feed(Call call);
// import_events.cpp
boost::asio::awaitable<void> import_events(Call call);
// export_events.cpp
[[nodiscard]] bool export_events(const Call& call);
// subscriptions.cpp
boost::asio::awaitable<void> list_subscriptions(Call call);
[[nodiscard]] bool read_subscription(const Call& call);
boost::asio::awaitable<void> put_subscription(Call call);
boost::asio::awaitable<void> delete_subscription(Call call);
// subscription_events.cpp
boost::asio::awaitable<void> read_subscribed(Call call);
boost::asio::awaitable<void> acknowledge(Call call);
// compaction_start.cpp
boost::asio::awaitable<void> compact_stream(Call call);
boost::asio::awaitable<void> compact_many(Call call);
// compactions.cpp
[[nodiscard]] bool list_compactions(const Call& call);
[[nodiscard]] bool read_compaction(const Call& call);
boost::asio::awaitable<void> cancel_compaction(Call call);
boost::asio::awaitable<void> verify_compaction(Call call);
// quarantine.cpp
[[nodiscard]] bool list_quarantine(const Call& call);
boost::asio::awaitable<void> release_from_quarantine(Call call);
// scheduler.cpp
[[nodiscard]] bool read_scheduler(const Call& call);
boost::asio::awaitable<void> patch_scheduler(Call call);
// vacuum.cpp
[[nodiscard]] bool read_vacuum(const Call& call);
boost::asio::awaitable<void> run_vacuum(Call call);
// operations.cpp
[[nodiscard]] bool answer_livez(const Call& call);
[[nodiscard]] bool answer_readyz(const Call& call);
[[nodiscard]] bool read_stats(const Call& call);
[[nodiscard]] bool read_openapi(const Call& call);
// metrics.cpp
[[nodiscard]] bool read_metrics(const Call& call);

}  // namespace firn

#include "service/routes/route_table.hpp"

#include "service/routes/resources.hpp"

namespace firn {

namespace {

constexpr std::string_view json[] = {content_types::json};
constexpr std::string_view page_or_live[] = {content_types::json, content_types::ndjson,
                                             content_types::event_stream};
constexpr std::string_view lines[] = {content_types::ndjson};
constexpr std::string_view plain_text[] = {"text/plain"};

constexpr Route table[] = {
    {Verb::get, "/v1/streams/{category}/{id}/state", "version", json, read_cached_state,
     read_state},
    {Verb::post, "/v1/streams/{category}/{id}/events", "", json, nullptr, append_events},
    {Verb::get, "/v1/streams/{category}/{id}/events", "from limit direction", page_or_live,
     read_events, nullptr},
    {Verb::post, "/v1/streams/{category}/{id}/commands", "", json, nullptr, run_command},
    {Verb::get, "/v1/streams/{category}/{id}/snapshots", "", json, list_snapshots, nullptr},
    {Verb::post, "/v1/streams/{category}/{id}/snapshots", "", json, nullptr, take_snapshot},
    {Verb::get, "/v1/streams/{category}/{id}/snapshots/{version}", "", json, read_snapshot,
     nullptr},
    {Verb::put, "/v1/streams/{category}/{id}/snapshots/{version}", "", json, nullptr, put_snapshot},
    {Verb::get, "/v1/streams/{category}/{id}/policy", "", json, read_policy, nullptr},
    {Verb::put, "/v1/streams/{category}/{id}/policy", "", json, nullptr, put_policy},
    {Verb::delete_, "/v1/streams/{category}/{id}/policy", "", json, nullptr, delete_policy},
    {Verb::post, "/v1/streams/{category}/{id}/compactions", "", json, nullptr, compact_stream},
    {Verb::get, "/v1/streams/{category}/{id}", "", json, read_stream_info, nullptr},
    {Verb::delete_, "/v1/streams/{category}/{id}", "", json, nullptr, delete_stream},
    {Verb::get, "/v1/streams", "category prefix limit cursor", json, list_streams, nullptr},
    {Verb::post, "/v1/transactions", "", json, nullptr, run_transaction},
    {Verb::get, "/v1/events", "after limit category* type* id_prefix wait", page_or_live, nullptr,
     read_feed},
    {Verb::post, "/v1/import", "", lines, nullptr, import_events, true},
    {Verb::get, "/v1/export", "after category*", lines, export_events, nullptr},
    {Verb::get, "/v1/subscriptions", "limit cursor", json, nullptr, list_subscriptions},
    {Verb::get, "/v1/subscriptions/{name}", "", json, read_subscription, nullptr},
    {Verb::put, "/v1/subscriptions/{name}", "", json, nullptr, put_subscription},
    {Verb::delete_, "/v1/subscriptions/{name}", "", json, nullptr, delete_subscription},
    {Verb::get, "/v1/subscriptions/{name}/events", "limit wait", page_or_live, nullptr,
     read_subscribed},
    {Verb::post, "/v1/subscriptions/{name}/ack", "", json, nullptr, acknowledge},
    {Verb::post, "/v1/compactions", "", json, nullptr, compact_many},
    {Verb::get, "/v1/compactions", "category stream status limit cursor", json, list_compactions,
     nullptr},
    {Verb::get, "/v1/compactions/{id}", "", json, read_compaction, nullptr},
    {Verb::delete_, "/v1/compactions/{id}", "", json, nullptr, cancel_compaction},
    {Verb::post, "/v1/compactions/{id}/verification", "", json, nullptr, verify_compaction},
    {Verb::get, "/v1/quarantine", "limit cursor", json, list_quarantine, nullptr},
    {Verb::delete_, "/v1/quarantine/{category}/{id}", "", json, nullptr, release_from_quarantine},
    {Verb::get, "/v1/scheduler", "", json, read_scheduler, nullptr},
    {Verb::patch, "/v1/scheduler", "", json, nullptr, patch_scheduler},
    {Verb::get, "/v1/vacuum", "", json, read_vacuum, nullptr},
    {Verb::post, "/v1/vacuum", "", json, nullptr, run_vacuum},
    {Verb::get, "/v1/categories", "", json, list_categories, nullptr},
    {Verb::get, "/v1/categories/{category}", "", json, read_category, nullptr},
    {Verb::put, "/v1/categories/{category}", "", json, nullptr, put_category},
    {Verb::delete_, "/v1/categories/{category}", "", json, nullptr, delete_category},
    {Verb::get, "/v1/categories/{category}/advice", "", json, read_advice, nullptr},
    {Verb::get, "/v1/stats", "", json, read_stats, nullptr},
    {Verb::get, "/v1/openapi.json", "", json, read_openapi, nullptr},
    {Verb::get, "/livez", "", json, answer_livez, nullptr},
    {Verb::get, "/readyz", "", json, answer_readyz, nullptr},
    {Verb::get, "/metrics", "", plain_text, read_metrics, nullptr},
};

}  // namespace

std::span<const Route> routes() noexcept {
    return table;
}

}  // namespace firn

#include "service/routes/route_table.hpp"

#include "service/routes/resources.hpp"

namespace firn {

namespace {

constexpr std::string_view json[] = {content_types::json};
constexpr std::string_view json_or_lines[] = {content_types::json, content_types::ndjson};
constexpr std::string_view plain_text[] = {"text/plain"};

constexpr Route table[] = {
    {Verb::get, "/v1/streams/{category}/{id}/state", "version", json, read_cached_state,
     read_state},
    {Verb::post, "/v1/streams/{category}/{id}/events", "", json, nullptr, append_events},
    {Verb::get, "/v1/streams/{category}/{id}/events", "from limit direction", json_or_lines,
     read_events, nullptr},
    {Verb::get, "/v1/streams/{category}/{id}", "", json, read_stream_info, nullptr},
    {Verb::delete_, "/v1/streams/{category}/{id}", "", json, nullptr, delete_stream},
    {Verb::get, "/v1/streams", "category prefix limit cursor", json, list_streams, nullptr},
    {Verb::get, "/v1/events", "after limit category* type* id_prefix wait", json_or_lines, nullptr,
     read_feed},
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

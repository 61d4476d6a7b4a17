// GET /livez, /readyz, /v1/stats and /v1/openapi.json
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/openapi.hpp"
#include "service/routes/resources.hpp"
#include "service/version.hpp"

namespace firn {

bool answer_livez(const Call& call) {
    call.response.content_type = content_types::json;
    call.response.body = R"({"status":"live"})";
    return true;
}

bool answer_readyz(const Call& call) {
    const auto stats = call.service.store().stats();
    if (call.request.server_stops() || !stats.accepting) {
        const auto why = call.request.server_stops() ? "The server is stopping."
                         : stats.condition.empty()   ? "The store accepts no appends."
                                                     : stats.condition;
        Problem(Slug::overloaded, why).write_to(call.response);
        return true;
    }
    call.response.content_type = content_types::json;
    call.response.body = R"({"status":"ready"})";
    return true;
}

bool read_stats(const Call& call) {
    const auto stats = call.service.stats();
    const auto& store = stats.store;
    call.response.content_type = content_types::json;
    auto& out = call.response.body;
    JsonObject all(out);
    all.text("program_version", version());
    all.add("streams", store.streams)
        .add("events", store.events)
        .add("head_position", store.head_position.value());
    JsonObject(all.begin("bytes"))
        .add("live", store.bytes_live)
        .add("free", store.bytes_free)
        .add("file", store.bytes_file)
        .add("journal", store.bytes_journal)
        .end();
    all.add("oldest_reader_ms", static_cast<std::uint64_t>(store.oldest_reader.count()));
    JsonObject(all.begin("actors"))
        .add("cached", stats.actors_cached)
        .add("bytes", stats.actor_bytes)
        .add("evicted", stats.actors_evicted)
        .end();
    JsonObject(all.begin("queue"))
        .add("waiting", stats.queue_waiting)
        .add("bytes", stats.queue_waiting_bytes)
        .end();
    JsonObject(all.begin("settling"))
        .add("pending_events", store.pending_events)
        .add("pending_bytes", store.pending_bytes)
        .end();
    JsonObject(all.begin("snapshots"))
        .add("taken", stats.snapshots.taken)
        .add("failed", stats.snapshots.failed)
        .add("used", stats.snapshots.used)
        .add("passed_over", stats.snapshots.passed_over)
        .add("due", stats.snapshots.due)
        .add("waiting", stats.snapshots.store.waiting)
        .add("events_applied", stats.events_applied)
        .end();
    JsonObject(all.begin("compactions"))
        .add("succeeded", stats.compactions.succeeded)
        .add("skipped", stats.compactions.skipped)
        .add("failed", stats.compactions.failed)
        .add("cancelled", stats.compactions.cancelled)
        .add("events_deleted", stats.compactions.events_deleted)
        .add("bytes_deleted", stats.compactions.bytes_deleted)
        .add("running", stats.compactions.running)
        .add("waiting", stats.compactions.waiting)
        .add("quarantined", stats.compactions.quarantined)
        .end();
    JsonObject(all.begin("commands"))
        .add("decided", stats.commands)
        .add("rejected", stats.commands_rejected)
        .end();
    JsonObject(all.begin("subscriptions"))
        .add("count", stats.subscriptions)
        .add("acknowledgements", stats.acknowledgements)
        .end();
    JsonObject(all.begin("appends"))
        .add("commits", stats.commits)
        .add("requests", stats.appends)
        .add("events", stats.events_appended)
        .add("conflicts", stats.conflicts)
        .add("replays", stats.replays)
        .add("overloads", stats.overloads)
        .end();
    JsonObject(all.begin("states"))
        .add("served", stats.states_served)
        .add("from_cache", stats.states_from_cache)
        .end();
    JsonObject(all.begin("connections"))
        .add("open", call.counters.connections_open.load())
        .add("accepted", call.counters.connections_accepted.load())
        .add("refused", call.counters.connections_refused.load())
        .end();
    all.flag("accepting", store.accepting).text("condition", store.condition).end();
    return true;
}

bool read_openapi(const Call& call) {
    call.response.content_type = content_types::json;
    call.response.body = openapi_document();
    return true;
}

}  // namespace firn

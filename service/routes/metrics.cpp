// GET /metrics, in the text format of Prometheus.
#include "service/http/json_text.hpp"
#include "service/routes/resources.hpp"
#include "service/version.hpp"

namespace firn {

namespace {

class Metrics {
public:
    explicit Metrics(std::string& out) : out_(out) {}

    void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
        head(name, help, "gauge");
        sample(name, "", value);
    }
    void counter(std::string_view name, std::string_view help, std::uint64_t value) {
        head(name, help, "counter");
        sample(name, "", value);
    }
    void histogram(std::string_view name, std::string_view help, const HistogramView& values) {
        head(name, help, "histogram");
        const std::string bucket = std::string(name) + "_bucket";
        std::uint64_t so_far = 0;
        for (std::size_t i = 0; i != values.buckets.size(); ++i) {
            so_far += values.buckets[i];
            const auto bound = i == histogram_bounds.size() ? std::string("+Inf")
                                                            : std::to_string(histogram_bounds[i]);
            sample(bucket, "{le=\"" + bound + "\"}", so_far);
        }
        sample(std::string(name) + "_sum", "", values.sum);
        sample(std::string(name) + "_count", "", so_far);
    }
    void head(std::string_view name, std::string_view help, std::string_view type) {
        out_.append("# HELP ").append(name).append(" ").append(help);
        out_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void sample(std::string_view name, std::string_view labels, std::uint64_t value) {
        out_.append(name).append(labels).append(" ");
        append_number(out_, value);
        out_.push_back('\n');
    }

private:
    std::string& out_;
};

void write_store(Metrics& metrics, const StoreStats& store) {
    metrics.gauge("firn_streams", "Streams that are not deleted.", store.streams);
    metrics.gauge("firn_events", "Events held.", store.events);
    metrics.gauge("firn_head_position", "Position of the newest event.",
                  store.head_position.value());
    metrics.gauge("firn_live_bytes", "Bytes of pages in use.", store.bytes_live);
    metrics.gauge("firn_free_bytes", "Bytes of pages that can be reused.", store.bytes_free);
    metrics.gauge("firn_file_bytes", "Bytes of the settled file.", store.bytes_file);
    metrics.gauge("firn_journal_bytes", "Bytes of the journal.", store.bytes_journal);
    metrics.gauge("firn_oldest_reader_milliseconds", "Age of the oldest reader.",
                  static_cast<std::uint64_t>(store.oldest_reader.count()));
    metrics.gauge("firn_pending_events", "Durable events that are not settled.",
                  store.pending_events);
    metrics.gauge("firn_pending_bytes", "Bytes of events that are not settled.",
                  store.pending_bytes);
    metrics.gauge("firn_reclaim_waiting_streams", "Streams with deleted versions still on disk.",
                  store.reclaim_waiting);
    metrics.gauge("firn_accepting", "1 if appends are accepted.", store.accepting ? 1 : 0);
}

void write_actors(Metrics& metrics, const ServiceStats& stats) {
    metrics.gauge("firn_actors_cached", "Stream actors in memory.", stats.actors_cached);
    metrics.gauge("firn_actor_bytes", "Bytes of actors and their states.", stats.actor_bytes);
    metrics.counter("firn_actors_evicted_total", "Actors that left.", stats.actors_evicted);
    metrics.gauge("firn_queue_waiting", "Appends waiting for a commit.", stats.queue_waiting);
    metrics.gauge("firn_queue_waiting_bytes", "Their bytes.", stats.queue_waiting_bytes);
    metrics.counter("firn_commits_total", "Groups synced.", stats.commits);
    metrics.counter("firn_appends_total", "Transactions committed.", stats.appends);
    metrics.counter("firn_events_appended_total", "Events committed.", stats.events_appended);
    metrics.counter("firn_conflicts_total", "Appends refused for their version or ids.",
                    stats.conflicts);
    metrics.counter("firn_replays_total", "Appends that had been made before.", stats.replays);
    metrics.counter("firn_overloads_total", "Calls refused because a queue was full.",
                    stats.overloads);
    metrics.counter("firn_states_served_total", "States served.", stats.states_served);
    metrics.counter("firn_states_from_cache_total", "Of them, without folding.",
                    stats.states_from_cache);
    metrics.counter("firn_events_applied_total", "Events folded into states.",
                    stats.events_applied);
}

void write_snapshots(Metrics& metrics, const ServiceStats& stats) {
    metrics.counter("firn_snapshots_taken_total", "Snapshots saved.", stats.snapshots.taken);
    metrics.counter("firn_snapshots_failed_total", "Saves that failed, and were tried again.",
                    stats.snapshots.failed);
    metrics.counter("firn_snapshots_used_total", "Loads that started from a snapshot.",
                    stats.snapshots.used);
    metrics.counter("firn_snapshots_passed_over_total",
                    "Snapshots that were no good when they were to be used.",
                    stats.snapshots.passed_over);
    metrics.gauge("firn_snapshots_due", "Streams whose policy wants a snapshot.",
                  stats.snapshots.due);
    metrics.gauge("firn_snapshots_waiting", "Snapshots on their way to the disk.",
                  stats.snapshots.store.waiting);
    metrics.histogram("firn_load_events_applied", "Events that a load of a state applied.",
                      stats.load_events);
    metrics.counter("firn_commands_total", "Commands decided.", stats.commands);
    metrics.counter("firn_commands_rejected_total", "Of them, rejected.", stats.commands_rejected);
}

void write_compactions(Metrics& metrics, const ServiceStats::Compactions& compactions) {
    metrics.head("firn_compactions_total", "Compactions of streams that are over.", "counter");
    metrics.sample("firn_compactions_total", "{status=\"succeeded\"}", compactions.succeeded);
    metrics.sample("firn_compactions_total", "{status=\"skipped\"}", compactions.skipped);
    metrics.sample("firn_compactions_total", "{status=\"failed\"}", compactions.failed);
    metrics.sample("firn_compactions_total", "{status=\"cancelled\"}", compactions.cancelled);
    metrics.counter("firn_compaction_events_deleted_total", "Events deleted for good.",
                    compactions.events_deleted);
    metrics.counter("firn_compaction_bytes_deleted_total", "Their bytes.",
                    compactions.bytes_deleted);
    metrics.gauge("firn_compactions_running", "Compactions under way.", compactions.running);
    metrics.gauge("firn_compactions_waiting", "Compactions that wait their turn.",
                  compactions.waiting);
    metrics.gauge("firn_quarantined_streams", "Streams whose compaction found what must not be.",
                  compactions.quarantined);
}

void write_subscriptions(Metrics& metrics, const ServiceStats& stats) {
    metrics.gauge("firn_subscriptions", "Durable subscriptions.", stats.subscriptions);
    metrics.counter("firn_acknowledgements_total", "Acknowledgements that are durable.",
                    stats.acknowledgements);
}

void write_http(Metrics& metrics, const HttpCounters& http) {
    metrics.gauge("firn_http_connections", "Open connections.", http.connections_open.load());
    metrics.gauge("firn_http_streams", "Live feeds, exports and imports that are being answered.",
                  http.streams_open.load());
    metrics.counter("firn_http_connections_accepted_total", "Connections accepted.",
                    http.connections_accepted.load());
    metrics.counter("firn_http_connections_refused_total", "Connections past the limit.",
                    http.connections_refused.load());
    metrics.counter("firn_http_timeouts_total", "Requests that took too long to arrive.",
                    http.timeouts.load());
    metrics.counter("firn_http_failures_total", "Requests that ended in an exception.",
                    http.failures.load());
    metrics.head("firn_http_responses_total", "Responses by class of status.", "counter");
    constexpr std::string_view labels[] = {
        "", "", "{class=\"2xx\"}", "{class=\"3xx\"}", "{class=\"4xx\"}", "{class=\"5xx\"}"};
    for (std::size_t i = 2; i < std::size(labels); ++i) {
        metrics.sample("firn_http_responses_total", labels[i], http.responses[i].load());
    }
}

}  // namespace

bool read_metrics(const Call& call) {
    call.response.content_type = content_types::text;
    Metrics metrics(call.response.body);
    const auto stats = call.service.stats();
    metrics.head("firn_info", "The program.", "gauge");
    metrics.sample("firn_info", "{version=\"" + std::string(version()) + "\"}", 1);
    write_store(metrics, stats.store);
    write_actors(metrics, stats);
    write_snapshots(metrics, stats);
    write_compactions(metrics, stats.compactions);
    write_subscriptions(metrics, stats);
    write_http(metrics, call.counters);
    return true;
}

}  // namespace firn

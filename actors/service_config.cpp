#include "actors/service.hpp"

#include <stdexcept>

namespace firn {

namespace {

void require(bool holds, const char* message) {
    if (!holds) {
        throw std::invalid_argument(message);
    }
}

}  // namespace

void ServiceConfig::validate() const {
    require(!data.empty(), "data must name a directory");
    require(commit.waiting_max > 0, "commit.waiting_max must be positive");
    require(commit.waiting_bytes_max > 0, "commit.waiting_bytes_max must be positive");
    require(commit.group_bytes_max > 0, "commit.group_bytes_max must be positive");
    require(actors.cache_bytes_max > 0, "actors.cache_bytes_max must be positive");
    require(actors.idle_after.count() > 0, "actors.idle_after must be positive");
    require(actors.inbox_max > 0, "actors.inbox_max must be positive");
    require(actors.turn_max.count() > 0, "actors.turn_max must be positive");
    require(store.segment_bytes > 0, "store.segment_bytes must be positive");
    require(store.pending_bytes_max > 0, "store.pending_bytes_max must be positive");
    require(store.remembered_ids > 0, "store.remembered_ids must be positive");
    require(store.map_bytes > 0, "store.map_bytes must be positive");
    require(subscriptions.count_max > 0, "subscriptions.count_max must be positive");
    require(subscriptions.scan_max > 0, "subscriptions.scan_max must be positive");
    require(compaction.jobs_max > 0, "compaction.jobs_max must be positive");
    require(compaction.waiting_max > 0, "compaction.waiting_max must be positive");
    require(compaction.reports_max > 0, "compaction.reports_max must be positive");
    require(compaction.scan_every.count() > 0, "compaction.scan_every must be positive");
    require(compaction.scheduler_jobs_max > 0, "compaction.scheduler_jobs_max must be positive");
    require(snapshots.keep > 0, "snapshots.keep must be positive");
    require(commit.group_bytes_max < store.segment_bytes,
            "commit.group_bytes_max must be smaller than store.segment_bytes: a group is one "
            "journal record");
}

}  // namespace firn

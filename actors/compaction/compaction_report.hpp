// What a compaction of one stream did, does, or would do: api.md, Compaction.
//
// A report is the job's memory as well: it is written when a phase begins, and with the cut in one
// transaction, so that after a crash it says truly whether events are gone.
// Thread: plain values. Errors: none is returned for text that is no report.
#pragma once

#include "actors/compaction/compaction_options.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

enum class CompactionStatus : std::uint8_t {
    queued,
    running,
    awaiting_verification,  // of an external decider's client
    succeeded,
    skipped,    // nothing to delete; the reason says why
    failed,     // nothing was deleted; the reason says why
    cancelled,  // nothing was deleted
};

enum class CompactionPhase : std::uint8_t { plan, replay, snapshot, verify, cut, reclaim, done };

// A subscription that has not read as far as events should be deleted.
struct CompactionBlocker {
    std::string subscription;
    Position checkpoint;
    Version version;              // the newest of the stream that it has read
    std::chrono::seconds age{0};  // of the oldest event that it has not
};

struct CompactionReport {
    struct Anchor {
        Version version;
        std::uint64_t bytes = 0;
        Hash state_hash{};
    };
    struct Verification {
        bool passed = false;
        std::uint64_t events_replayed = 0;
        std::optional<Hash> state_hash_replayed;
        std::optional<Hash> state_hash_snapshot;
        std::optional<Hash> state_hash_live;
        Version live_version;
        std::optional<Hash> chain_hash;  // at up_to_version
    };

    // Declared for the sake of GCC 12, as StreamName's: reports travel through co_await.
    CompactionReport() = default;

    std::string id;  // a UUIDv7: reports sort as they were made
    StreamName stream;
    CompactionStatus status = CompactionStatus::queued;
    CompactionPhase phase = CompactionPhase::plan;
    CompactionOptions asked;
    Version from_version;
    Version up_to_version;
    std::uint64_t events_deleted = 0;
    std::uint64_t events_kept = 0;
    std::uint64_t bytes_deleted = 0;
    std::optional<Anchor> snapshot;
    std::optional<Verification> verification;
    Version first_version_before;
    Version first_version_after;
    std::vector<CompactionBlocker> blockers;
    Timestamp started_at{};
    std::optional<Timestamp> finished_at;
    std::string reason;  // empty: none
    std::string run;     // the id of the run that it is a part of; empty: none

    [[nodiscard]] bool is_over() const noexcept { return status >= CompactionStatus::succeeded; }
    // From the cut on, nothing can be taken back.
    [[nodiscard]] bool is_cut() const noexcept {
        return phase >= CompactionPhase::reclaim && events_deleted > 0;
    }
};

[[nodiscard]] std::string_view name_of(CompactionStatus status) noexcept;
[[nodiscard]] std::string_view name_of(CompactionPhase phase) noexcept;
[[nodiscard]] std::optional<CompactionStatus> status_named(std::string_view name) noexcept;

// As clients see it.
void append_report(std::string& out, const CompactionReport& report);
// As it is kept.
[[nodiscard]] std::string write_report_document(const CompactionReport& report);
[[nodiscard]] std::optional<CompactionReport> parse_report_document(std::string_view text);

}  // namespace firn

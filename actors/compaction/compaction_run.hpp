// A compaction of many streams: of a category, or of all that have declared deciders. Its report
// has the totals; each stream from which something was deleted has a report of its own.
// Thread: plain values. Errors: none is returned for text that is no report.
#pragma once

#include "actors/compaction/compaction_report.hpp"

namespace firn {

struct CompactionRun {
    // What a dry run found out about one stream.
    struct Line {
        StreamName stream;
        CompactionStatus status = CompactionStatus::skipped;
        std::uint64_t events_deleted = 0;
        std::uint64_t events_kept = 0;
        std::uint64_t bytes_deleted = 0;
        std::vector<CompactionBlocker> blockers;
        std::string reason;
    };
    struct Counts {
        std::uint64_t succeeded = 0;
        std::uint64_t skipped = 0;
        std::uint64_t failed = 0;
        std::uint64_t cancelled = 0;
        std::uint64_t awaiting_verification = 0;
    };
    static constexpr std::size_t lines_max = 10'000;
    // Most streams of a category may be short: they must not take the place of those that are not.
    static constexpr std::size_t skipped_lines_max = 1'000;

    // Declared for the sake of GCC 12, as StreamName's.
    CompactionRun() = default;

    std::string id;
    std::string category;  // empty: all
    CompactionStatus status = CompactionStatus::running;
    CompactionOptions asked;
    Counts counts;
    std::uint64_t streams = 0;  // looked at
    std::uint64_t events_deleted = 0;
    std::uint64_t events_kept = 0;
    std::uint64_t bytes_deleted = 0;
    Timestamp started_at{};
    std::optional<Timestamp> finished_at;
    std::string reason;
    StreamName last;          // the last stream begun: where it goes on after a restart
    std::vector<Line> lines;  // of a dry run, as far as there is room; all are in the totals
    std::size_t skipped_lines = 0;

    [[nodiscard]] bool is_over() const noexcept { return status >= CompactionStatus::succeeded; }
    void add(const CompactionReport& report);
};

// As clients see it.
void append_run(std::string& out, const CompactionRun& run);
// As it is kept: without lines.
[[nodiscard]] std::string write_run_document(const CompactionRun& run);
// Nothing if the text is another kind of report.
[[nodiscard]] std::optional<CompactionRun> parse_run_document(std::string_view text);

}  // namespace firn

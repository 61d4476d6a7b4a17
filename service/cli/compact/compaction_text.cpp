#include "service/cli/compact/compaction_text.hpp"

#include "service/cli/json_layout.hpp"
#include "service/cli/progress_bar.hpp"
#include "service/cli/quantity.hpp"

#include <algorithm>
#include <cstdio>

namespace firn::cli {
namespace {

std::string count_in(std::string_view json, std::string_view name) {
    return show_count(json_count(json, name));
}

// Of many streams, not of one.
bool is_run(std::string_view report) {
    return !json_member(report, "counts").empty();
}

std::string took(std::string_view report) {
    const auto milliseconds = json_count(report, "duration_ms");
    if (milliseconds < 1000) {
        return std::to_string(milliseconds) + " ms";
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(milliseconds) / 1000);
    return text;
}

std::string what_went(std::string_view report) {
    return count_in(report, "events_deleted") + " events (" +
           show_size(json_count(report, "bytes_deleted")) + ") deleted, " +
           count_in(report, "events_kept") + " kept, in " + took(report);
}

std::string with_reason(std::string sentence, std::string_view report) {
    const auto reason = json_string(report, "reason");
    return sentence + (reason.empty() ? "" : ": " + reason) + "\n";
}

std::string run_outcome(std::string_view report) {
    const auto counts = json_member(report, "counts");
    const auto status = json_string(report, "status");
    auto text = compaction_scope(report) + ": " + what_went(report) + "\n" +
                count_in(report, "streams") +
                " streams looked at: " + count_in(counts, "succeeded") + " compacted, " +
                count_in(counts, "skipped") + " skipped, " + count_in(counts, "failed") + " failed";
    if (const auto waiting = json_count(counts, "awaiting_verification"); waiting != 0) {
        text += ", " + show_count(waiting) + " waiting for their clients' verification";
    }
    text += "\n";
    if (status == "cancelled") {
        text += "it was cancelled before it came to the others\n";
    }
    if (json_count(counts, "failed") != 0) {
        text += "`firn compactions --status failed` says why\n";
    }
    return text;
}

std::string stream_outcome(std::string_view report) {
    const auto scope = compaction_scope(report);
    const auto status = json_string(report, "status");
    if (status == "skipped") {
        return with_reason(scope + " has nothing to delete", report);
    }
    if (status == "failed") {
        return with_reason(scope + " failed, nothing was deleted", report);
    }
    if (status == "cancelled") {
        return scope + " was cancelled, nothing was deleted\n";
    }
    if (status == "awaiting_verification") {
        return with_reason(scope + " waits for the client that folds", report);
    }
    const auto verification = json_member(report, "verification");
    return scope + ": " + what_went(report) + "\nversions " + count_in(report, "from_version") +
           " to " + count_in(report, "up_to_version") + " are gone for good; verified by " +
           count_in(verification, "events_replayed") + " events folded again, state hash " +
           json_string(json_member(report, "snapshot"), "state_hash") + "\n";
}

// Of the events that are to be folded again: most of the time goes there.
double fraction_done(std::string_view report) {
    const auto last = json_count(report, "up_to_version") + json_count(report, "events_kept");
    const auto first = std::max<std::uint64_t>(json_count(report, "from_version"), 1);
    const auto all = last < first ? 0 : last - first + 1;
    const auto done = json_count(json_member(report, "verification"), "events_replayed");
    return all == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(all));
}

}  // namespace

std::string compaction_scope(std::string_view report) {
    if (is_run(report)) {
        const auto category = json_string(report, "category");
        return category.empty() ? "all streams" : "category " + category;
    }
    const auto stream = json_member(report, "stream");
    return json_string(stream, "category") + "/" + json_string(stream, "id");
}

std::string compaction_outcome(std::string_view report) {
    return is_run(report) ? run_outcome(report) : stream_outcome(report);
}

std::string compaction_progress(std::string_view report, std::chrono::duration<double> elapsed,
                                std::size_t columns) {
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.0f s", elapsed.count());
    if (report.empty()) {
        return fit_to("folding again, " + std::string(seconds), columns);
    }
    if (is_run(report)) {
        return fit_to(count_in(report, "streams") + " streams, " +
                          count_in(report, "events_deleted") + " events (" +
                          show_size(json_count(report, "bytes_deleted")) + ") deleted, " + seconds,
                      columns);
    }
    const auto done = json_count(json_member(report, "verification"), "events_replayed");
    const auto line = json_string(report, "status") == "queued"
                          ? "waiting for its turn, " + std::string(seconds)
                          : json_string(report, "phase") + ", " + show_count(done) +
                                " events folded again, " + seconds;
    return fit_to(bar_before(fraction_done(report), line, columns), columns);
}

}  // namespace firn::cli

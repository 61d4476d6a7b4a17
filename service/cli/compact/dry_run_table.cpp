#include "service/cli/compact/dry_run_table.hpp"

#include "actors/json/scanner.hpp"
#include "service/cli/compact/compaction_text.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"

#include <algorithm>
#include <cstdio>
#include <tuple>
#include <vector>

namespace firn::cli {
namespace {

struct Row {
    std::string stream;
    std::string status;
    std::uint64_t deletes = 0;
    std::uint64_t keeps = 0;
    std::uint64_t bytes = 0;
    std::string note;
};

// How old the oldest event is that a subscription has not read.
std::string age(std::uint64_t seconds) {
    if (seconds < 120) {
        return std::to_string(seconds) + " s";
    }
    if (seconds < 2 * 3600) {
        return std::to_string(seconds / 60) + " min";
    }
    return seconds < 48 * 3600 ? std::to_string(seconds / 3600) + " h"
                               : std::to_string(seconds / (24 * 3600)) + " days";
}

std::string note_of(std::string_view result, const std::string& status) {
    if (status == "failed") {
        return "FAILS: " + json_string(result, "reason");
    }
    if (status != "succeeded") {
        return json_string(result, "reason");
    }
    std::string note;
    JsonScanner blockers(json_member(result, "blockers"));
    blockers.enter_array();
    while (blockers.next_element()) {
        const auto blocker = blockers.take().raw;
        note += (note.empty() ? "held back by subscription " : ", ") +
                json_string(blocker, "subscription") + " (" +
                age(json_count(blocker, "age_seconds")) + " behind)";
    }
    return note;
}

Row row_of(std::string_view result) {
    Row row;
    row.stream = compaction_scope(result);
    row.status = json_string(result, "status");
    row.keeps = json_count(result, "events_kept");
    if (row.status == "succeeded") {
        row.deletes = json_count(result, "events_deleted");
        row.bytes = json_count(result, "bytes_deleted");
    }
    row.note = note_of(result, row.status);
    return row;
}

std::vector<Row> rows_of(std::string_view report) {
    const auto results = json_member(report, "results");
    if (results.empty()) {
        return {row_of(report)};
    }
    std::vector<Row> rows;
    JsonScanner scanner(results);
    scanner.enter_array();
    while (scanner.next_element()) {
        rows.push_back(row_of(scanner.take().raw));
    }
    // What cannot be compacted stands before what need not be.
    const auto rank = [](const Row& row) {
        return row.status == "succeeded" ? 0 : row.status == "failed" ? 1 : 2;
    };
    std::ranges::stable_sort(rows, [&](const Row& a, const Row& b) {
        return std::tuple(rank(a), b.bytes, b.deletes, b.keeps) <
               std::tuple(rank(b), a.bytes, a.deletes, a.keeps);
    });
    return rows;
}

// Names and notes come last, so that the columns need not know how long they get.
std::string line(const std::string& deletes, const std::string& keeps, const std::string& bytes,
                 const std::string& rest) {
    char columns[96];
    std::snprintf(columns, sizeof columns, "%12s %12s %11s  ", deletes.c_str(), keeps.c_str(),
                  bytes.c_str());
    return columns + rest + "\n";
}

std::string totals(std::string_view report) {
    const auto counts = json_member(report, "counts");
    const auto count = [&](const char* name) { return show_count(json_count(counts, name)); };
    return line(show_count(json_count(report, "events_deleted")),
                show_count(json_count(report, "events_kept")),
                show_size(json_count(report, "bytes_deleted")),
                "in all; of " + show_count(json_count(report, "streams")) + " streams " +
                    count("succeeded") + " would be compacted, " + count("skipped") + " skipped, " +
                    count("failed") + " would fail");
}

}  // namespace

std::string dry_run_table(std::string_view report, std::size_t lines_max) {
    const auto rows = rows_of(report);
    auto text = line("WOULD DELETE", "WOULD KEEP", "BYTES", "STREAM");
    const auto shown = std::min(rows.size(), lines_max);
    for (std::size_t i = 0; i != shown; ++i) {
        const auto& row = rows[i];
        text += line(show_count(row.deletes), show_count(row.keeps), show_size(row.bytes),
                     row.stream + (row.note.empty() ? "" : "  (" + row.note + ")"));
    }
    if (shown != rows.size()) {
        text += line("", "", "",
                     "… " + show_count(rows.size() - shown) + " more; --all-lines shows them");
    }
    if (const auto left_out = json_count(report, "results_left_out"); left_out != 0) {
        text +=
            line("", "", "",
                 "… " + show_count(left_out) + " more, of which the server tells the totals only");
    }
    return json_member(report, "counts").empty() ? text : text + totals(report);
}

}  // namespace firn::cli

#include "actors/compaction/compaction_run.hpp"

#include "actors/compaction/report_json.hpp"
#include "actors/json/value.hpp"

namespace firn {

namespace {

namespace json = boost::json;

json::object run_object(const CompactionRun& run) {
    json::object out;
    out["id"] = text_or_null(run.id);
    out["category"] = text_or_null(run.category);
    out["all"] = run.category.empty();
    out["status"] = name_of(run.status);
    out["dry_run"] = run.asked.dry_run;
    out["keep_last"] =
        run.asked.keep_last ? json::value(*run.asked.keep_last) : json::value(nullptr);
    out["up_to_version"] = run.asked.up_to_version ? json::value(run.asked.up_to_version->value())
                                                   : json::value(nullptr);
    out["streams"] = run.streams;
    out["counts"] = json::object{{"succeeded", run.counts.succeeded},
                                 {"skipped", run.counts.skipped},
                                 {"failed", run.counts.failed},
                                 {"cancelled", run.counts.cancelled},
                                 {"awaiting_verification", run.counts.awaiting_verification}};
    out["events_deleted"] = run.events_deleted;
    out["events_kept"] = run.events_kept;
    out["bytes_deleted"] = run.bytes_deleted;
    out["started_at"] = time_or_null(run.started_at);
    out["finished_at"] = time_or_null(run.finished_at);
    out["duration_ms"] = duration_or_null(run.started_at, run.finished_at);
    out["reason"] = text_or_null(run.reason);
    return out;
}

json::array lines_array(const std::vector<CompactionRun::Line>& lines) {
    json::array array;
    array.reserve(lines.size());
    for (const auto& line : lines) {
        array.push_back(json::object{{"stream", stream_value(line.stream)},
                                     {"status", name_of(line.status)},
                                     {"events_deleted", line.events_deleted},
                                     {"events_kept", line.events_kept},
                                     {"bytes_deleted", line.bytes_deleted},
                                     {"blockers", blockers_value(line.blockers)},
                                     {"reason", text_or_null(line.reason)}});
    }
    return array;
}

}  // namespace

void CompactionRun::add(const CompactionReport& report) {
    ++streams;
    events_kept += report.events_kept;
    switch (report.status) {
        case CompactionStatus::succeeded:
            ++counts.succeeded;
            events_deleted += report.events_deleted;
            bytes_deleted += report.bytes_deleted;
            break;
        case CompactionStatus::skipped: ++counts.skipped; break;
        case CompactionStatus::failed: ++counts.failed; break;
        case CompactionStatus::cancelled: ++counts.cancelled; break;
        default: ++counts.awaiting_verification; break;
    }
    const bool skipped = report.status == CompactionStatus::skipped;
    if (asked.dry_run && lines.size() < lines_max &&
        (!skipped || skipped_lines < skipped_lines_max)) {
        skipped_lines += skipped ? 1 : 0;
        lines.push_back({report.stream, report.status, report.events_deleted, report.events_kept,
                         report.bytes_deleted, report.blockers, report.reason});
    }
}

void append_run(std::string& out, const CompactionRun& run) {
    auto object = run_object(run);
    if (run.asked.dry_run) {
        object["results"] = lines_array(run.lines);
        object["results_left_out"] = run.streams - run.lines.size();
    }
    write_json(out, object);
}

std::string write_run_document(const CompactionRun& run) {
    auto object = run_object(run);
    object["last"] = stream_value(run.last);
    std::string out;
    write_json(out, object);
    return out;
}

std::optional<CompactionRun> parse_run_document(std::string_view text) {
    const auto value = parse_json(text);
    const auto* object = value ? value->if_object() : nullptr;
    if (object == nullptr || !object->contains("counts")) {
        return std::nullopt;
    }
    ReportReader in(*object);
    CompactionRun run;
    run.id = in.text("id");
    run.category = in.text("category");
    const auto status = status_named(in.text("status"));
    in.expect(status.has_value());
    run.status = status.value_or(CompactionStatus::failed);
    run.asked.dry_run = in.flag("dry_run");
    run.asked.keep_last = in.number("keep_last");
    if (const auto up_to = in.number("up_to_version")) {
        run.asked.up_to_version = Version{*up_to};
    }
    run.streams = in.count("streams");
    if (const auto* counts = in.object("counts")) {
        ReportReader part(*counts);
        run.counts = {part.count("succeeded"), part.count("skipped"), part.count("failed"),
                      part.count("cancelled"), part.count("awaiting_verification")};
        in.expect(part.ok());
    }
    run.events_deleted = in.count("events_deleted");
    run.events_kept = in.count("events_kept");
    run.bytes_deleted = in.count("bytes_deleted");
    run.started_at = in.time("started_at").value_or(Timestamp{});
    run.finished_at = in.time("finished_at");
    run.reason = in.text("reason");
    run.last = in.stream("last");
    return in.ok() ? std::optional(std::move(run)) : std::nullopt;
}

}  // namespace firn

#include "actors/compaction/compaction_report.hpp"

#include "actors/compaction/report_json.hpp"
#include "actors/json/value.hpp"

#include <algorithm>
#include <array>

namespace firn {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 7> status_names{
    "queued", "running", "awaiting_verification", "succeeded", "skipped", "failed", "cancelled"};
constexpr std::array<std::string_view, 7> phase_names{"plan", "replay",  "snapshot", "verify",
                                                      "cut",  "reclaim", "done"};

json::value anchor_value(const std::optional<CompactionReport::Anchor>& anchor) {
    if (!anchor) {
        return nullptr;
    }
    return json::object{{"version", anchor->version.value()},
                        {"bytes", anchor->bytes},
                        {"state_hash", to_hex(anchor->state_hash)}};
}

json::value verification_value(const std::optional<CompactionReport::Verification>& done) {
    if (!done) {
        return nullptr;
    }
    return json::object{{"passed", done->passed},
                        {"events_replayed", done->events_replayed},
                        {"state_hash_replayed", hash_or_null(done->state_hash_replayed)},
                        {"state_hash_snapshot", hash_or_null(done->state_hash_snapshot)},
                        {"state_hash_live", hash_or_null(done->state_hash_live)},
                        {"live_version", done->live_version.value()},
                        {"chain_hash", hash_or_null(done->chain_hash)}};
}

json::object report_object(const CompactionReport& report) {
    json::object out;
    out["id"] = text_or_null(report.id);
    out["stream"] = stream_value(report.stream);
    out["status"] = name_of(report.status);
    out["phase"] = name_of(report.phase);
    out["dry_run"] = report.asked.dry_run;
    out["from_version"] = report.from_version.value();
    out["up_to_version"] = report.up_to_version.value();
    out["keep_last"] =
        report.asked.keep_last ? json::value(*report.asked.keep_last) : json::value(nullptr);
    out["events_deleted"] = report.events_deleted;
    out["events_kept"] = report.events_kept;
    out["bytes_deleted"] = report.bytes_deleted;
    out["snapshot"] = anchor_value(report.snapshot);
    out["verification"] = verification_value(report.verification);
    out["first_version_before"] = report.first_version_before.value();
    out["first_version_after"] = report.first_version_after.value();
    out["blockers"] = blockers_value(report.blockers);
    out["started_at"] = time_or_null(report.started_at);
    out["finished_at"] = time_or_null(report.finished_at);
    out["duration_ms"] = duration_or_null(report.started_at, report.finished_at);
    out["reason"] = text_or_null(report.reason);
    out["run"] = text_or_null(report.run);
    return out;
}

void read_anchor(ReportReader& in, CompactionReport& report) {
    if (const auto* object = in.object("snapshot")) {
        ReportReader part(*object);
        auto& anchor = report.snapshot.emplace();
        anchor.version = part.version("version");
        anchor.bytes = part.count("bytes");
        anchor.state_hash = part.hash("state_hash").value_or(Hash{});
        in.expect(part.ok());
    }
}

void read_verification(ReportReader& in, CompactionReport& report) {
    if (const auto* object = in.object("verification")) {
        ReportReader part(*object);
        auto& done = report.verification.emplace();
        done.passed = part.flag("passed");
        done.events_replayed = part.count("events_replayed");
        done.state_hash_replayed = part.hash("state_hash_replayed");
        done.state_hash_snapshot = part.hash("state_hash_snapshot");
        done.state_hash_live = part.hash("state_hash_live");
        done.live_version = part.version("live_version");
        done.chain_hash = part.hash("chain_hash");
        in.expect(part.ok());
    }
}

void read_blockers(ReportReader& in, CompactionReport& report) {
    const auto* array = in.array("blockers");
    for (std::size_t i = 0; array != nullptr && i != array->size(); ++i) {
        const auto* object = (*array)[i].if_object();
        in.expect(object != nullptr);
        if (object != nullptr) {
            ReportReader part(*object);
            CompactionBlocker blocker;
            blocker.subscription = part.text("subscription");
            blocker.checkpoint = Position{part.count("checkpoint")};
            blocker.version = part.version("version");
            blocker.age = std::chrono::seconds(part.count("age_seconds"));
            in.expect(part.ok());
            report.blockers.push_back(std::move(blocker));
        }
    }
}

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? std::nullopt
                                : std::optional(static_cast<Enum>(found - names.begin()));
}

}  // namespace

std::string_view name_of(CompactionStatus status) noexcept {
    return status_names[static_cast<std::size_t>(status)];
}

std::string_view name_of(CompactionPhase phase) noexcept {
    return phase_names[static_cast<std::size_t>(phase)];
}

std::optional<CompactionStatus> status_named(std::string_view name) noexcept {
    return named<CompactionStatus>(status_names, name);
}

void append_report(std::string& out, const CompactionReport& report) {
    write_json(out, report_object(report));
}

std::string write_report_document(const CompactionReport& report) {
    auto object = report_object(report);
    // What was asked for; up_to_version in the report is what came of it.
    object["asked_up_to_version"] = report.asked.up_to_version
                                        ? json::value(report.asked.up_to_version->value())
                                        : json::value(nullptr);
    std::string out;
    write_json(out, object);
    return out;
}

std::optional<CompactionReport> parse_report_document(std::string_view text) {
    const auto value = parse_json(text);
    const auto* object = value ? value->if_object() : nullptr;
    if (object == nullptr) {
        return std::nullopt;
    }
    ReportReader in(*object);
    CompactionReport report;
    report.id = in.text("id");
    report.stream = in.stream("stream");
    const auto status = status_named(in.text("status"));
    const auto phase = named<CompactionPhase>(phase_names, in.text("phase"));
    in.expect(status && phase);
    report.status = status.value_or(CompactionStatus::failed);
    report.phase = phase.value_or(CompactionPhase::plan);
    report.asked.dry_run = in.flag("dry_run");
    report.asked.keep_last = in.number("keep_last");
    if (const auto asked = in.number("asked_up_to_version")) {
        report.asked.up_to_version = Version{*asked};
    }
    report.from_version = in.version("from_version");
    report.up_to_version = in.version("up_to_version");
    report.events_deleted = in.count("events_deleted");
    report.events_kept = in.count("events_kept");
    report.bytes_deleted = in.count("bytes_deleted");
    read_anchor(in, report);
    read_verification(in, report);
    report.first_version_before = in.version("first_version_before");
    report.first_version_after = in.version("first_version_after");
    read_blockers(in, report);
    report.started_at = in.time("started_at").value_or(Timestamp{});
    report.finished_at = in.time("finished_at");
    report.reason = in.text("reason");
    report.run = in.text("run");
    return in.ok() ? std::optional(std::move(report)) : std::nullopt;
}

}  // namespace firn

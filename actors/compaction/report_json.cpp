#include "actors/compaction/report_json.hpp"

#include "actors/identity/timestamp.hpp"

namespace firn {

namespace json = boost::json;

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value time_or_null(const std::optional<Timestamp>& time) {
    if (!time) {
        return nullptr;
    }
    std::string text;
    write_rfc3339(text, *time);
    return json::value(text);
}

json::value hash_or_null(const std::optional<Hash>& hash) {
    return hash ? json::value(to_hex(*hash)) : json::value(nullptr);
}

json::value stream_value(const StreamName& stream) {
    return json::object{{"category", stream.category}, {"id", stream.id}};
}

json::value blockers_value(const std::vector<CompactionBlocker>& blockers) {
    json::array array;
    for (const auto& blocker : blockers) {
        array.push_back(json::object{{"subscription", blocker.subscription},
                                     {"checkpoint", blocker.checkpoint.value()},
                                     {"version", blocker.version.value()},
                                     {"age_seconds", blocker.age.count()}});
    }
    return array;
}

json::value duration_or_null(Timestamp from, const std::optional<Timestamp>& to) {
    return to ? json::value(
                    std::chrono::duration_cast<std::chrono::milliseconds>(*to - from).count())
              : json::value(nullptr);
}

std::string ReportReader::text(std::string_view name) {
    const auto* value = find(name);
    if (value != nullptr && value->is_string()) {
        return std::string(value->get_string());
    }
    ok_ = ok_ && value != nullptr && value->is_null();
    return {};
}

std::optional<std::uint64_t> ReportReader::number(std::string_view name) {
    const auto* value = find(name);
    if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
        return static_cast<std::uint64_t>(value->get_int64());
    }
    if (value != nullptr && value->is_uint64()) {
        return value->get_uint64();
    }
    ok_ = ok_ && value != nullptr && value->is_null();
    return std::nullopt;
}

std::uint64_t ReportReader::count(std::string_view name) {
    const auto value = number(name);
    ok_ = ok_ && value;
    return value.value_or(0);
}

bool ReportReader::flag(std::string_view name) {
    const auto* value = find(name);
    ok_ = ok_ && value != nullptr && value->is_bool();
    return ok_ && value->get_bool();
}

std::optional<Timestamp> ReportReader::time(std::string_view name) {
    const auto written = text(name);
    if (written.empty()) {
        return std::nullopt;
    }
    const auto time = parse_rfc3339(written);
    ok_ = ok_ && time;
    return time;
}

std::optional<Hash> ReportReader::hash(std::string_view name) {
    const auto written = text(name);
    if (written.empty()) {
        return std::nullopt;
    }
    const auto hash = hash_from_hex(written);
    ok_ = ok_ && hash;
    return hash;
}

const json::object* ReportReader::object(std::string_view name) {
    const auto* value = find(name);
    ok_ = ok_ && value != nullptr && (value->is_object() || value->is_null());
    return ok_ ? value->if_object() : nullptr;
}

const json::array* ReportReader::array(std::string_view name) {
    const auto* value = find(name);
    ok_ = ok_ && value != nullptr && value->is_array();
    return ok_ ? value->if_array() : nullptr;
}

StreamName ReportReader::stream(std::string_view name) {
    const auto* found = object(name);
    if (found == nullptr) {
        return {};
    }
    ReportReader part(*found);
    StreamName stream{part.text("category"), part.text("id")};
    expect(part.ok());
    return stream;
}

const json::value* ReportReader::find(std::string_view name) const {
    return object_.if_contains(json::string_view(name.data(), name.size()));
}

}  // namespace firn

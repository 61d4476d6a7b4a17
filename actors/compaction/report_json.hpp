// The pieces of reports as JSON, in and out.
// Thread: plain functions and values. Errors: a reader's ok().
#pragma once

#include "actors/compaction/compaction_report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

[[nodiscard]] boost::json::value text_or_null(const std::string& text);
[[nodiscard]] boost::json::value time_or_null(const std::optional<Timestamp>& time);
// In milliseconds.
[[nodiscard]] boost::json::value duration_or_null(Timestamp from,
                                                  const std::optional<Timestamp>& to);
[[nodiscard]] boost::json::value hash_or_null(const std::optional<Hash>& hash);
[[nodiscard]] boost::json::value stream_value(const StreamName& stream);
[[nodiscard]] boost::json::value blockers_value(const std::vector<CompactionBlocker>& blockers);

// Reads an object of them; `ok` turns false where something is not as it should be.
class ReportReader {
public:
    explicit ReportReader(const boost::json::object& object) : object_(object) {}

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    // Empty, none, null where the member is null.
    [[nodiscard]] std::string text(std::string_view name);
    [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name);
    [[nodiscard]] std::uint64_t count(std::string_view name);
    [[nodiscard]] Version version(std::string_view name) { return Version{count(name)}; }
    [[nodiscard]] bool flag(std::string_view name);
    [[nodiscard]] std::optional<Timestamp> time(std::string_view name);
    [[nodiscard]] std::optional<Hash> hash(std::string_view name);
    [[nodiscard]] StreamName stream(std::string_view name);
    [[nodiscard]] const boost::json::object* object(std::string_view name);
    [[nodiscard]] const boost::json::array* array(std::string_view name);
    void expect(bool condition) noexcept { ok_ = ok_ && condition; }

private:
    [[nodiscard]] const boost::json::value* find(std::string_view name) const;

    const boost::json::object& object_;
    bool ok_ = true;
};

}  // namespace firn

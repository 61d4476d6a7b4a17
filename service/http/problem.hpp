// Problem details (RFC 9457): the one table of what can go wrong for a client, and a problem on
// its way into a response.
// Thread: plain values. Errors: none.
#pragma once

#include "service/http/response.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace firn {

enum class Slug : std::uint8_t {
    bad_request,
    host_not_allowed,
    origin_not_allowed,
    not_found,
    stream_not_found,
    version_not_found,
    category_not_found,
    compaction_not_found,
    subscription_not_found,
    method_not_allowed,
    not_acceptable,
    request_timeout,
    too_large,
    unsupported_media_type,
    expectation_failed,
    headers_too_large,
    wrong_version,
    wrong_version_header,  // the same problem, where the version came in a header: 412
    duplicate_event,
    no_decide,
    migration_needed,
    decider_not_declared,
    too_late,
    compaction_running,
    vacuum_running,
    compacted,
    stream_deleted,
    command_rejected,
    invalid_decider,
    fold_failed,
    unrecoverable_state,
    internal,
    overloaded,
    disk_full,
};

struct ProblemKind {
    Slug slug;
    std::uint16_t status;
    std::string_view name;  // urn:firn:problem:<name>
    std::string_view title;
};

[[nodiscard]] const ProblemKind& problem_kind(Slug slug) noexcept;

class Problem {
public:
    Problem() = default;  // what a result without a problem answers when asked for one
    Problem(Slug slug, std::string_view detail) : slug_(slug), detail_(detail) {}

    [[nodiscard]] Slug slug() const noexcept { return slug_; }
    [[nodiscard]] const std::string& detail() const noexcept { return detail_; }

    // Named members, in the order they are added.
    Problem with(std::string_view name, std::string_view text) &&;
    Problem with(std::string_view name, std::uint64_t number) &&;
    Problem with_json(std::string_view name, std::string_view json) &&;

    void write_to(Response& response) const;

private:
    void begin_member(std::string_view name);

    Slug slug_ = Slug::internal;
    std::string detail_;
    std::string members_;  // ,"name":value…
};

// 400 for a member of the body at a JSON pointer, or for a parameter of path, query or header.
[[nodiscard]] Problem bad_member(std::string_view pointer, std::string_view detail);
[[nodiscard]] Problem bad_parameter(std::string_view parameter, std::string_view detail);

}  // namespace firn

#include "service/http/problem.hpp"

#include "service/http/json_text.hpp"

#include <boost/assert.hpp>

namespace firn {

namespace {

constexpr ProblemKind kinds[] = {
    {Slug::bad_request, 400, "bad-request", "The request is malformed"},
    {Slug::host_not_allowed, 403, "host-not-allowed", "This server does not answer to that host"},
    {Slug::origin_not_allowed, 403, "origin-not-allowed", "Pages of that origin may not call"},
    {Slug::not_found, 404, "not-found", "There is nothing at this path"},
    {Slug::stream_not_found, 404, "stream-not-found", "The stream does not exist"},
    {Slug::version_not_found, 404, "version-not-found", "The stream has no such version yet"},
    {Slug::category_not_found, 404, "category-not-found", "The category has no settings"},
    {Slug::compaction_not_found, 404, "compaction-not-found", "There is no such compaction"},
    {Slug::subscription_not_found, 404, "subscription-not-found", "There is no such subscription"},
    {Slug::method_not_allowed, 405, "method-not-allowed", "The method is not allowed here"},
    {Slug::not_acceptable, 406, "not-acceptable", "No acceptable representation"},
    {Slug::request_timeout, 408, "request-timeout", "The request took too long to arrive"},
    {Slug::too_large, 413, "too-large", "The request is too large"},
    {Slug::unsupported_media_type, 415, "unsupported-media-type", "The body's type is not taken"},
    {Slug::expectation_failed, 417, "expectation-failed", "The expectation cannot be met"},
    {Slug::headers_too_large, 431, "headers-too-large", "The header fields are too large"},
    {Slug::wrong_version, 409, "wrong-version", "The stream is not at the expected version"},
    {Slug::wrong_version_header, 412, "wrong-version", "The stream is not at the expected version"},
    {Slug::duplicate_event, 409, "duplicate-event", "An event id is known with other content"},
    {Slug::no_decide, 409, "no-decide", "The category's decider takes no commands"},
    {Slug::migration_needed, 409, "migration-needed", "Compacted states need a migration"},
    {Slug::decider_not_declared, 409, "decider-not-declared", "The category declares no decider"},
    {Slug::too_late, 409, "too-late", "It is too late for that"},
    {Slug::compaction_running, 409, "compaction-running", "Another compaction is running"},
    {Slug::vacuum_running, 409, "vacuum-running", "A vacuum is running"},
    {Slug::compacted, 410, "compacted", "Those events were compacted away"},
    {Slug::stream_deleted, 410, "stream-deleted", "The stream was deleted"},
    {Slug::command_rejected, 422, "command-rejected", "The command was rejected"},
    {Slug::invalid_decider, 422, "invalid-decider", "The decider cannot work"},
    {Slug::fold_failed, 500, "fold-failed", "The decider failed on the stream"},
    {Slug::unrecoverable_state, 500, "unrecoverable-state", "The state cannot be rebuilt"},
    {Slug::internal, 500, "internal", "The server failed"},
    {Slug::overloaded, 503, "overloaded", "The server has too much to do"},
    {Slug::disk_full, 507, "disk-full", "There is no room on the disk"},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < std::size(kinds); ++i) {
        if (kinds[i].slug != static_cast<Slug>(i)) {
            return false;
        }
    }
    return true;
}
static_assert(in_order(), "problem_kind() finds a slug by its number");

}  // namespace

const ProblemKind& problem_kind(Slug slug) noexcept {
    BOOST_ASSERT(static_cast<std::size_t>(slug) < std::size(kinds));
    return kinds[static_cast<std::size_t>(slug)];
}

void Problem::begin_member(std::string_view name) {
    members_.append(",\"").append(name).append("\":");
}

Problem Problem::with(std::string_view name, std::string_view text) && {
    begin_member(name);
    append_json_string(members_, text);
    return std::move(*this);
}

Problem Problem::with(std::string_view name, std::uint64_t number) && {
    begin_member(name);
    append_number(members_, number);
    return std::move(*this);
}

Problem Problem::with_json(std::string_view name, std::string_view json) && {
    begin_member(name);
    members_.append(json);
    return std::move(*this);
}

void Problem::write_to(Response& response) const {
    const auto& kind = problem_kind(slug_);
    response.status = kind.status;
    response.content_type = content_types::problem;
    auto& body = response.body;
    body.assign("{\"type\":\"urn:firn:problem:").append(kind.name);
    body.append("\",\"title\":\"").append(kind.title);
    body.append("\",\"status\":");
    append_number(body, kind.status);
    body.append(",\"detail\":");
    append_json_string(body, detail_);
    body.append(members_).append("}\n");
    if (slug_ == Slug::overloaded) {
        response.add_header("Retry-After", "1");
    }
}

Problem bad_member(std::string_view pointer, std::string_view detail) {
    return Problem(Slug::bad_request, detail).with("pointer", pointer);
}

Problem bad_parameter(std::string_view parameter, std::string_view detail) {
    return Problem(Slug::bad_request, detail).with("parameter", parameter);
}

}  // namespace firn

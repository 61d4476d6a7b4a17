// GET /v1/streams/{category}/{id}/state
#include "service/http/error_problem.hpp"
#include "service/http/json_text.hpp"
#include "service/routes/precondition.hpp"
#include "service/routes/resources.hpp"

#include <limits>

namespace firn {

namespace asio = boost::asio;

namespace {

void write_state(const Call& call, const StreamName& stream, const StateView& state) {
    auto& response = call.response;
    std::string tag = "\"";
    append_number(tag, state.version.value());
    tag.push_back('-');
    append_number(tag, state.decider_revision);
    tag.push_back('"');
    response.add_header("ETag", tag);
    const auto& seen = call.request.headers.if_none_match;
    if (seen && names_tag(*seen, tag)) {
        response.status = 304;
        return;
    }
    response.content_type = content_types::json;
    auto& out = response.body;
    out.append("{\"stream\":");
    append_stream(out, stream);
    out.append(",\"version\":");
    append_number(out, state.version.value());
    out.append(",\"state\":").append(*state.json).append(",\"decider\":{\"kind\":");
    append_json_string(out, state.decider_kind);
    out.append(",\"revision\":");
    append_number(out, state.decider_revision);
    out.append("}}");
}

void write_failure(const Call& call, const StreamName& stream, const StateFailure& failure) {
    const auto subject = subject_of(stream);
    auto problem = problem_of(failure.error, subject);
    if (failure.fold) {
        problem = Problem(Slug::fold_failed,
                          subject + " holds an event, version " +
                              std::to_string(failure.fold->version.value()) +
                              ", that does not fold into its state: " + failure.fold->reason)
                      .with("version", failure.fold->version.value())
                      .with("reason", failure.fold->reason);
    } else if (failure.error == storage_errc::version_not_found) {
        problem = Problem(Slug::version_not_found,
                          subject + " is at version " +
                              std::to_string(failure.current_version.value()) + ".")
                      .with("current_version", failure.current_version.value());
    } else if (failure.error == storage_errc::compacted) {
        if (const auto facts = call.service.store().facts(stream)) {
            problem = std::move(problem)
                          .with("first_version", facts->first_version.value())
                          .with("snapshot_version", facts->first_version.value() - 1);
        }
    }
    problem.write_to(call.response);
}

}  // namespace

bool read_cached_state(const Call& call) {
    if (!call.request.target.parameters().empty()) {
        return false;
    }
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        return true;
    }
    const auto state = call.service.cached_state(*stream);
    if (!state) {
        return false;
    }
    write_state(call, *stream, *state);
    return true;
}

asio::awaitable<void> read_state(Call call) {
    const auto stream = stream_of(call.request);
    const auto version = number_parameter(call.request.target, "version", 0,
                                          std::numeric_limits<std::uint64_t>::max());
    if (!stream || !version) {
        (stream ? version.error() : stream.error()).write_to(call.response);
        co_return;
    }
    std::optional<Version> at;
    if (*version) {
        at = Version{**version};
    }
    const auto state = co_await call.service.state(*stream, at);
    if (state) {
        write_state(call, *stream, *state);
    } else {
        write_failure(call, *stream, state.error());
    }
}

}  // namespace firn

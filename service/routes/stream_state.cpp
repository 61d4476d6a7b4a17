// GET /v1/streams/{category}/{id}/state
#include "service/http/json_text.hpp"
#include "service/routes/precondition.hpp"
#include "service/routes/resources.hpp"
#include "service/routes/state_problem.hpp"

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
    // What a client folded may be put again, and falls behind: the tag does not tell.
    if (seen && !state.events_behind && names_tag(*seen, tag)) {
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
    out.push_back('}');
    if (state.events_behind) {
        out.append(",\"events_behind\":");
        append_number(out, *state.events_behind);
    }
    out.push_back('}');
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
        state_problem(call, *stream, state.error()).write_to(call.response);
    }
}

}  // namespace firn

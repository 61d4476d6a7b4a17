// POST /v1/streams/{category}/{id}/events
#include "actors/identity/event_id.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_text.hpp"
#include "service/routes/append_body.hpp"
#include "service/routes/conflict.hpp"
#include "service/routes/event_json.hpp"
#include "service/routes/precondition.hpp"
#include "service/routes/resources.hpp"

namespace firn {

namespace asio = boost::asio;

namespace {

struct CheckedAppend {
    StreamName stream;
    AppendBody body;
    Expected expected;
    bool by_header = false;
};

Read<CheckedAppend> check(const Call& call) {
    const auto& request = call.request;
    CheckedAppend checked;
    auto stream = stream_of(request);
    if (!stream) {
        return stream.error();
    }
    const auto by_headers = expected_by_headers(request.headers);
    if (!by_headers) {
        return by_headers.error();
    }
    auto body =
        parse_append_body(request.body, request.body_format,
                          usable_traceparent(request.headers.traceparent), call.config.limits);
    if (!body) {
        return body.error();
    }
    if (*by_headers && body->expected) {
        return bad_member("/expected_version",
                          "The expected version is stated by a header and by the body; state it "
                          "once.");
    }
    checked.by_header = by_headers->has_value();
    checked.expected = by_headers->value_or(body->expected.value_or(Expected::any()));
    checked.stream = *std::move(stream);
    checked.body = *std::move(body);
    return checked;
}

void write_answer(Response& response, const CheckedAppend& append, const StreamOutcome& appended) {
    response.status = appended.replayed ? 200 : 201;
    response.content_type = content_types::json;
    auto& out = response.body;
    out.append("{\"stream\":");
    append_stream(out, append.stream);
    out.append(",\"first_version\":");
    append_number(out, appended.first_version.value());
    out.append(",\"version\":");
    append_number(out, appended.version.value());
    out.append(",\"position\":");
    append_number(out, appended.position.value());
    out.append(",\"ids\":");
    append_event_ids(out, append.body.ids);
    out.append(appended.replayed ? ",\"replayed\":true}" : "}");
    std::string tag = "\"";
    append_number(tag, appended.version.value());
    response.add_header("ETag", tag.append("\""));
}

}  // namespace

asio::awaitable<void> append_events(Call call) {
    auto checked = check(call);
    if (!checked) {
        checked.error().write_to(call.response);
        co_return;
    }
    const auto outcome =
        co_await call.service.append({checked->stream, checked->expected, checked->body.events});
    if (outcome.error) {
        conflict_problem(call, checked->stream, checked->expected, checked->by_header, outcome)
            .write_to(call.response);
        co_return;
    }
    write_answer(call.response, *checked, outcome.appended);
}

}  // namespace firn

// GET and DELETE /v1/streams/{category}/{id}
#include "service/routes/stream_info.hpp"

#include "service/http/error_problem.hpp"
#include "service/http/json_text.hpp"
#include "service/routes/conflict.hpp"
#include "service/routes/precondition.hpp"
#include "service/routes/resources.hpp"

namespace firn {

namespace asio = boost::asio;

void append_stream_info(std::string& out, const StreamFacts& facts, std::uint64_t snapshots) {
    const auto number = [&out](std::string_view name, std::uint64_t value) {
        out.append(",\"").append(name).append("\":");
        append_number(out, value);
    };
    out.append("{\"stream\":");
    append_stream(out, facts.stream);
    number("version", facts.version.value());
    number("first_version", facts.first_version.value());
    number("events", facts.events);
    number("bytes", facts.bytes);
    number("last_position", facts.last_position.value());
    out.append(",\"chain_hash\":\"").append(to_hex(facts.chain_hash)).append("\"");
    number("snapshots", snapshots);
    out.append(",\"deleted\":").append(facts.deleted ? "true}" : "false}");
}

std::uint64_t snapshot_count(const Call& call, const StreamName& stream) {
    const auto list = call.service.store().snapshots().list(stream);
    return list ? list->size() : 0;
}

bool read_stream_info(const Call& call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        return true;
    }
    const auto facts = call.service.store().facts(*stream);
    if (!facts || facts->deleted) {
        const auto error = facts ? error_code(storage_errc::stream_deleted) : facts.error();
        problem_of(error, subject_of(*stream)).write_to(call.response);
        return true;
    }
    call.response.content_type = content_types::json;
    append_stream_info(call.response.body, *facts, snapshot_count(call, *stream));
    return true;
}

asio::awaitable<void> delete_stream(Call call) {
    const auto stream = stream_of(call.request);
    const auto stated = expected_by_headers(call.request.headers);
    if (!stream || !stated) {
        (stream ? stated.error() : stream.error()).write_to(call.response);
        co_return;
    }
    if (call.request.headers.if_none_match) {
        bad_parameter("If-None-Match", "What does not exist cannot be deleted; use If-Match.")
            .write_to(call.response);
        co_return;
    }
    const auto expected = stated->value_or(Expected::any());
    const auto outcome = co_await call.service.delete_stream(*stream, expected);
    if (outcome.error) {
        conflict_problem(call, *stream, expected, true, outcome).write_to(call.response);
        co_return;
    }
    call.response.status = 204;
}

}  // namespace firn

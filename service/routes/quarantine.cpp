// GET /v1/quarantine, DELETE /v1/quarantine/{category}/{id}
#include "actors/compaction/compactions.hpp"
#include "actors/identity/timestamp.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"
#include "service/routes/stream_cursor.hpp"

#include <algorithm>

namespace firn {

namespace asio = boost::asio;

namespace {

void append_entry(std::string& out, const StreamName& stream, const QuarantineEntry& entry) {
    JsonObject object(out);
    append_stream(object.begin("stream"), stream);
    object.text("reason", entry.reason).text("compaction", entry.compaction);
    write_rfc3339(object.begin("since").append("\""), entry.since);
    out.push_back('"');
    object.end();
}

}  // namespace

bool list_quarantine(const Call& call) {
    const auto limit = limit_of(call);
    const auto after = stream_cursor_of(call.request.target);
    if (!limit || !after) {
        (limit ? after.error() : limit.error()).write_to(call.response);
        return true;
    }
    auto list = call.service.compactions()->quarantine().list(*after, *limit + std::size_t{1});
    const bool more = list.size() > *limit;
    list.resize(std::min<std::size_t>(list.size(), *limit));
    auto& out = call.response.body;
    call.response.content_type = content_types::json;
    out.append("{\"quarantine\":[");
    for (const auto& [stream, entry] : list) {
        out.append(out.back() == '[' ? "" : ",");
        append_entry(out, stream, entry);
    }
    out.append("],\"next\":");
    if (more) {
        std::string next = "/v1/quarantine?limit=";
        append_number(next, *limit);
        append_stream_cursor(next, list.back().first);
        append_json_string(out, next);
        call.response.add_header("Link", "<" + next + ">; rel=\"next\"");
    } else {
        out.append("null");
    }
    out.push_back('}');
    return true;
}

asio::awaitable<void> release_from_quarantine(Call call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_no_precondition(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto error = co_await call.service.compactions()->release(*stream);
    if (error == actor_errc::bad_request) {
        Problem(Slug::not_found, subject_of(*stream) +
                                     " is not in the quarantine. GET /v1/quarantine lists what is.")
            .write_to(call.response);
    } else if (error) {
        problem_of(error, subject_of(*stream)).write_to(call.response);
    } else {
        call.response.status = 204;
    }
}

}  // namespace firn

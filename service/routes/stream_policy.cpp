// GET, PUT and DELETE /v1/streams/{category}/{id}/policy
#include "actors/categories/category_registry.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"

namespace firn {

namespace asio = boost::asio;

namespace {

// What is in effect, and what of it the stream sets itself.
void write_policy(const Call& call, const StreamName& stream,
                  const std::optional<SnapshotSettings>& own) {
    const auto category = call.service.categories()->find_or_make(stream.category)->in_effect();
    const auto policy = own.value_or(SnapshotSettings{}).over(category->snapshots);
    call.response.content_type = content_types::json;
    JsonObject answer(call.response.body);
    append_stream(answer.begin("stream"), stream);
    JsonObject(answer.begin("snapshots")).add("every", policy.every).add("keep", policy.keep).end();
    answer.flag("own", own.has_value()).end();
}

}  // namespace

bool read_policy(const Call& call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        return true;
    }
    if (const auto deleted = check_not_deleted(call, *stream)) {
        deleted->write_to(call.response);
        return true;
    }
    write_policy(call, *stream, call.service.categories()->policy(*stream));
    return true;
}

asio::awaitable<void> put_policy(Call call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_plain_write(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto policy = parse_stream_policy(call.request.body);
    if (!policy) {
        malformed_body(policy.error()).write_to(call.response);
        co_return;
    }
    if (const auto deleted = check_not_deleted(call, *stream)) {
        deleted->write_to(call.response);
        co_return;
    }
    const auto outcome = co_await call.service.set_stream_policy(*stream, *policy);
    if (outcome.error) {
        problem_of(outcome.error, subject_of(*stream)).write_to(call.response);
        co_return;
    }
    write_policy(call, *stream, *policy);
}

asio::awaitable<void> delete_policy(Call call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_no_precondition(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    if (const auto deleted = check_not_deleted(call, *stream)) {
        deleted->write_to(call.response);
        co_return;
    }
    const auto outcome = co_await call.service.set_stream_policy(*stream, std::nullopt);
    if (outcome.error) {
        problem_of(outcome.error, subject_of(*stream)).write_to(call.response);
        co_return;
    }
    call.response.status = 204;
}

}  // namespace firn

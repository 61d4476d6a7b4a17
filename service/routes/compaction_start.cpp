// POST /v1/streams/{category}/{id}/compactions, POST /v1/compactions
#include "service/http/error_problem.hpp"
#include "service/routes/compaction_answer.hpp"
#include "service/routes/compaction_body.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"

namespace firn {

namespace asio = boost::asio;

namespace {

Problem no_bound(const std::string& category) {
    return bad_member("",
                      "Nothing says how much may be deleted for good. State \"keep_last\" or "
                      "\"up_to_version\", or set compaction.keep_last with PUT /v1/categories/" +
                          category + ".");
}

Problem not_declared(const std::string& category) {
    return {Slug::decider_not_declared,
            "Nobody has declared the decider of category \"" + category +
                "\", and the default merge patch may not be what its events mean. PUT the decider "
                "to /v1/categories/" +
                category + ", then compact."};
}

// 404 where more should go than the stream has.
std::optional<Problem> check_up_to(const Call& call, const StreamName& stream,
                                   const CompactionOptions& options) {
    const auto head = call.service.store().head_version(stream);
    if (!head || *head == no_version) {
        return problem_of(head ? make_error_code(storage_errc::stream_not_found) : head.error(),
                          subject_of(stream));
    }
    if (!options.up_to_version || *options.up_to_version <= *head) {
        return std::nullopt;
    }
    return Problem(Slug::version_not_found,
                   subject_of(stream) + " is at version " + std::to_string(head->value()) +
                       ", so \"up_to_version\" cannot be " +
                       std::to_string(options.up_to_version->value()) + ".")
        .with("current_version", head->value());
}

Problem refused(const std::string& subject, const std::string& category, const error_code& error) {
    if (error == actor_errc::decider_not_declared) {
        return not_declared(category);
    }
    if (error == actor_errc::bad_request) {
        return no_bound(category);
    }
    return problem_of(error, subject);
}

Problem running(const StreamName& stream, const CompactionReport& other) {
    return Problem(Slug::compaction_running,
                   subject_of(stream) +
                       " is being compacted with other options. Wait for that one, or cancel it "
                       "with DELETE /v1/compactions/" +
                       other.id + ".")
        .with("id", other.id);
}

asio::awaitable<void> try_out(Call call, StreamName stream, CompactionOptions options) {
    const auto done = co_await call.service.compactions()->dry_run(stream, options);
    if (done) {
        write_report(call, *done);
    } else {
        refused(subject_of(stream), stream.category, done.error()).write_to(call.response);
    }
}

asio::awaitable<void> answer_begun(Call call, Compactions::AnyReport report) {
    const auto id = std::visit([](const auto& held) { return held->id; }, report);
    call.response.add_header("Location", "/v1/compactions/" + id);
    co_await answer_when_preferred(call, report);
}

}  // namespace

asio::awaitable<void> compact_stream(Call call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_optional_body(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto options = parse_compaction_body(call.request.body);
    if (!options) {
        options.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_up_to(call, *stream, *options)) {
        problem->write_to(call.response);
        co_return;
    }
    if (options->dry_run) {
        co_await try_out(call, *stream, *options);
        co_return;
    }
    const auto compactions = call.service.compactions();
    for (;;) {
        const auto begun = co_await compactions->start(*stream, *options);
        if (begun) {
            // Named, for GCC 12 frees what is made within a co_await expression twice.
            const Compactions::AnyReport report(*begun);
            co_await answer_begun(call, report);
            co_return;
        }
        if (begun.error() != actor_errc::compaction_running) {
            refused(subject_of(*stream), stream->category, begun.error()).write_to(call.response);
            co_return;
        }
        // If it has just ended, there is nothing in the way any more.
        if (const auto other = compactions->running_on(*stream)) {
            running(*stream, *other).write_to(call.response);
            co_return;
        }
    }
}

asio::awaitable<void> compact_many(Call call) {
    if (const auto problem = check_plain_write(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto body = parse_compaction_run_body(call.request.body);
    if (!body) {
        body.error().write_to(call.response);
        co_return;
    }
    const auto begun =
        co_await call.service.compactions()->start_run(body->category, body->options);
    if (!begun) {
        const auto subject = body->category.empty() ? "The server" : "The category";
        refused(subject, body->category, begun.error()).write_to(call.response);
        co_return;
    }
    if (body->options.dry_run) {
        write_report(call, *begun);
        co_return;
    }
    const Compactions::AnyReport report(*begun);
    co_await answer_begun(call, report);
}

}  // namespace firn

// POST /v1/streams/{category}/{id}/commands
#include "actors/categories/category_registry.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/append_body.hpp"
#include "service/routes/command_body.hpp"
#include "service/routes/event_json.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"
#include "service/routes/state_problem.hpp"

namespace firn {

namespace asio = boost::asio;

namespace {

Problem takes_no_commands(const Call& call, const StreamName& stream) {
    const auto category = call.service.categories()->find_or_make(stream.category)->in_effect();
    return {Slug::no_decide,
            subject_of(stream) + " takes no commands: the decider of its category is " +
                std::string(category->decider_kind()) +
                (category->decider_kind() == "lua" || category->decider_kind() == "native"
                     ? " without decide"
                     : ", which has no decide") +
                ". PUT one that has to /v1/categories/" + stream.category + ", or append events."};
}

// `type` is the command's.
Problem problem_of_outcome(const Call& call, const StreamName& stream, const std::string& type,
                           const CommandOutcome& outcome) {
    const auto version = outcome.appended.version.value();
    const auto at_version = " at version " + std::to_string(version) + ": " + outcome.reason;
    if (outcome.error == actor_errc::command_rejected) {
        return Problem(Slug::command_rejected,
                       subject_of(stream) + " refuses \"" + type + "\"" + at_version)
            .with("reason", outcome.reason)
            .with("version", version);
    }
    if (outcome.error == actor_errc::no_decide) {
        return takes_no_commands(call, stream);
    }
    if (outcome.error == actor_errc::fold_failed && !outcome.reason.empty()) {
        return Problem(Slug::fold_failed, subject_of(stream) + " could not decide \"" + type +
                                              "\"" + at_version +
                                              ". Nothing was appended; mend the decider with PUT "
                                              "/v1/categories/" +
                                              stream.category + ".")
            .with("version", version)
            .with("reason", outcome.reason);
    }
    return state_problem(call, stream, {outcome.error, {}, outcome.fold});
}

void append_events(std::string& out, const CommandOutcome& outcome) {
    const auto& appended = outcome.appended;
    out.push_back('[');
    if (outcome.events) {
        EventDecoder decoder(outcome.events->bytes());
        EventView event;
        event.version = appended.first_version;
        event.position = Position{appended.position.value() + 1 - outcome.events->count()};
        while (decoder.decode_next(event)) {
            out.append(out.back() == '[' ? "" : ",");
            append_event(out, event, nullptr, Lines::as_sent);
            event.version = event.version.next();
            event.position = event.position.next();
        }
    }
    out.push_back(']');
}

void write_answer(Response& response, const StreamName& stream, const CommandOutcome& outcome) {
    const bool appended = outcome.events && !outcome.appended.replayed;
    response.status = appended ? 201 : 200;
    response.content_type = content_types::json;
    JsonObject answer(response.body);
    append_stream(answer.begin("stream"), stream);
    append_events(answer.begin("events"), outcome);
    answer.add("version", outcome.appended.version.value());
    if (outcome.events) {
        answer.add("first_version", outcome.appended.first_version.value())
            .add("position", outcome.appended.position.value());
    }
    if (outcome.appended.replayed) {
        answer.flag("replayed", true);
    }
    answer.end();
    std::string tag = "\"";
    append_number(tag, outcome.appended.version.value());
    response.add_header("ETag", tag.append("\""));
}

}  // namespace

asio::awaitable<void> run_command(Call call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_plain_write(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    auto body = parse_command_body(call.request.body);
    if (!body) {
        body.error().write_to(call.response);
        co_return;
    }
    body->command.traceparent = usable_traceparent(call.request.headers.traceparent);
    const auto type = body->command.type;
    CommandRequest request(*stream, std::move(body->command), body->id);
    const auto outcome = co_await call.service.execute(std::move(request));
    if (outcome.error) {
        problem_of_outcome(call, *stream, type, outcome).write_to(call.response);
        co_return;
    }
    write_answer(call.response, *stream, outcome);
}

}  // namespace firn

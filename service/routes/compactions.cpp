// GET /v1/compactions, GET and DELETE /v1/compactions/{id}, POST …/verification
#include "service/http/error_problem.hpp"
#include "service/http/json_text.hpp"
#include "service/http/percent.hpp"
#include "service/routes/compaction_answer.hpp"
#include "service/routes/compaction_body.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"

namespace firn {

namespace asio = boost::asio;

namespace {

// A compaction looks up between two slices whether it was cancelled.
constexpr std::chrono::seconds cancelling_usual{5};

std::string id_of(const Request& request) {
    return std::string(request.target.segment(2));
}

Problem problem_with(const std::string& id, const error_code& error) {
    return problem_of(error, compaction_subject(id));
}

std::optional<Problem> read_filters(const RequestTarget& target, Compactions::Query& query) {
    const auto category = parameter(target, "category");
    const auto stream = parameter(target, "stream");
    if (category && !is_valid_category(*category)) {
        return bad_parameter("category",
                             "\"" + std::string(*category) + "\" is not the name of a category.");
    }
    query.category = category.value_or(std::string_view{});
    if (stream && (!category || !is_valid_stream_id(*stream))) {
        return bad_parameter("stream", category ? "\"stream\" is not the id of a stream."
                                                : "\"stream\" is the id of a stream in a "
                                                  "\"category\", which is missing.");
    }
    if (stream) {
        query.stream = StreamName{query.category, std::string(*stream)};
    }
    if (const auto text = parameter(target, "status")) {
        query.status = status_named(*text);
        if (!query.status) {
            return bad_parameter("status",
                                 "\"status\" must be queued, running, awaiting_verification, "
                                 "succeeded, skipped, failed or cancelled, not \"" +
                                     std::string(*text) + "\".");
        }
    }
    return std::nullopt;
}

Read<Compactions::Query> check(const Call& call) {
    Compactions::Query query;
    const auto limit = limit_of(call);
    if (!limit) {
        return limit.error();
    }
    query.limit = *limit;
    if (auto problem = read_filters(call.request.target, query)) {
        return *std::move(problem);
    }
    if (const auto cursor = parameter(call.request.target, "cursor")) {
        if (!is_valid_category(*cursor)) {
            return bad_parameter("cursor", "\"cursor\" is not one that a page's \"next\" held.");
        }
        query.before = *cursor;
    }
    return query;
}

std::string next_url(const Compactions::Query& query, std::string_view last) {
    std::string url = "/v1/compactions?limit=";
    append_number(url, query.limit);
    const auto add = [&url](std::string_view name, std::string_view value) {
        url.append("&").append(name).append("=");
        append_percent_encoded(url, value);
    };
    if (!query.category.empty()) {
        add("category", query.category);
    }
    if (query.stream) {
        add("stream", query.stream->id);
    }
    if (query.status) {
        add("status", name_of(*query.status));
    }
    add("cursor", last);
    return url;
}

std::string_view status_of(const Compactions::AnyReport& report) {
    return std::visit([](const auto& held) { return name_of(held->status); }, report);
}

Problem cannot_cancel(const Call& call, const std::string& id, const error_code& error) {
    const auto report = call.service.compactions()->find(id);
    if (error != storage_errc::too_late || !report) {
        return problem_with(id, error);
    }
    const bool over = std::visit([](const auto& held) { return held->is_over(); }, *report);
    return {Slug::too_late,
            compaction_subject(id) +
                (over ? " is over: " + std::string(status_of(*report)) + "."
                      : " has begun its cut; from there on nothing can be taken back.")};
}

// Whether it was verified by this hash before, so that this is the same request again.
bool is_repeat(const Compactions::AnyReport& report, const Hash& state_hash) {
    const auto* const one = std::get_if<Compactions::Report>(&report);
    return one != nullptr && (*one)->verification &&
           (*one)->verification->state_hash_replayed == state_hash;
}

Problem waits_for_none(const std::string& id, const Compactions::AnyReport& report) {
    return {Slug::bad_request, compaction_subject(id) +
                                   " does not wait for a verification: it is " +
                                   std::string(status_of(report)) +
                                   ". Only those of external deciders do, once they are planned."};
}

}  // namespace

bool list_compactions(const Call& call) {
    const auto query = check(call);
    if (!query) {
        query.error().write_to(call.response);
        return true;
    }
    const auto list = call.service.compactions()->list(*query);
    auto& out = call.response.body;
    call.response.content_type = content_types::json;
    out.append("{\"compactions\":[");
    for (const auto& report : list.reports) {
        out.append(out.back() == '[' ? "" : ",");
        append_any_report(out, report);
    }
    out.append("],\"next\":");
    if (list.more && !list.reports.empty()) {
        const auto next = std::visit([&](const auto& last) { return next_url(*query, last->id); },
                                     list.reports.back());
        append_json_string(out, next);
        call.response.add_header("Link", "<" + next + ">; rel=\"next\"");
    } else {
        out.append("null");
    }
    out.push_back('}');
    return true;
}

bool read_compaction(const Call& call) {
    const auto id = id_of(call.request);
    const auto report = call.service.compactions()->find(id);
    if (!report) {
        problem_with(id, report.error()).write_to(call.response);
        return true;
    }
    call.response.content_type = content_types::json;
    append_any_report(call.response.body, *report);
    return true;
}

asio::awaitable<void> cancel_compaction(Call call) {
    if (const auto problem = check_no_precondition(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto id = id_of(call.request);
    const auto compactions = call.service.compactions();
    if (const auto error = co_await compactions->cancel(id)) {
        cannot_cancel(call, id, error).write_to(call.response);
        co_return;
    }
    const auto preferred = wait_preferred_by(call);
    co_await wait_for_compaction(call, id, preferred.value_or(cancelling_usual));
    if (const auto report = compactions->find(id)) {
        write_report(call, *report);
    } else {
        problem_with(id, report.error()).write_to(call.response);
    }
}

asio::awaitable<void> verify_compaction(Call call) {
    if (const auto problem = check_plain_write(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto state_hash = parse_verification_body(call.request.body);
    if (!state_hash) {
        state_hash.error().write_to(call.response);
        co_return;
    }
    const auto id = id_of(call.request);
    const auto compactions = call.service.compactions();
    const auto error = co_await compactions->verify(id, *state_hash);
    const auto report = compactions->find(id);
    if (!report) {
        problem_with(id, report.error()).write_to(call.response);
    } else if (error == actor_errc::bad_request && !is_repeat(*report, *state_hash)) {
        waits_for_none(id, *report).write_to(call.response);
    } else if (error && error != actor_errc::bad_request) {
        problem_with(id, error).write_to(call.response);
    } else {
        co_await answer_when_preferred(call, *report);
    }
}

}  // namespace firn

#include "service/cli/refusal.hpp"

#include "actors/json/scanner.hpp"

namespace firn::cli {

ProblemText read_problem(const HttpAnswer& answer) {
    ProblemText problem;
    JsonScanner body(answer.body);
    if (body.peek() != JsonKind::object || !body.enter_object()) {
        return problem;
    }
    std::string scratch;
    while (const auto name = body.next_member()) {
        const auto known = *name == "type"      ? &problem.slug
                           : *name == "title"   ? &problem.title
                           : *name == "detail"  ? &problem.detail
                           : *name == "pointer" ? &problem.pointer
                                                : nullptr;
        const auto text = as_string(body.take(), scratch);
        if (known != nullptr && text) {
            *known = *text;
        }
    }
    constexpr std::string_view prefix = "urn:firn:problem:";
    problem.slug =
        problem.slug.starts_with(prefix) ? problem.slug.substr(prefix.size()) : std::string();
    return problem;
}

CommandFailure refusal(const HttpAnswer& answer) {
    const auto problem = read_problem(answer);
    if (problem.title.empty()) {
        return {ExitCode::refused, "The server answered with status " +
                                       std::to_string(answer.status) +
                                       ", and not as a Firn server does. Is the URL right?"};
    }
    auto sentence = problem.title;
    if (!problem.detail.empty()) {
        sentence += ": " + problem.detail;
    }
    if (!problem.pointer.empty()) {
        sentence += " (at " + problem.pointer + ")";
    }
    return {ExitCode::refused, sentence};
}

void require_success(const HttpAnswer& answer) {
    if (answer.status < 200 || answer.status > 299) {
        throw refusal(answer);
    }
}

}  // namespace firn::cli

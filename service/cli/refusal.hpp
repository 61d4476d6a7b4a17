// Turns what a server answered instead of success into a sentence for a person.
// Thread: plain functions. Errors: none; whatever came back, something sensible is said.
#pragma once

#include "service/cli/exit_code.hpp"
#include "service/cli/http_client.hpp"

#include <string>

namespace firn::cli {

// The members of a problem (RFC 9457) that are told to people.
struct ProblemText {
    std::string slug;  // "wrong-version"; empty: not one of Firn's problems
    std::string title;
    std::string detail;
    std::string pointer;  // into the request's body, when the problem has one
};

[[nodiscard]] ProblemText read_problem(const HttpAnswer& answer);
// "The stream does not exist: file/README.md never had an event."
[[nodiscard]] CommandFailure refusal(const HttpAnswer& answer);
// Throws the refusal unless the status is one of success.
void require_success(const HttpAnswer& answer);

}  // namespace firn::cli

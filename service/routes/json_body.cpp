#include "service/routes/json_body.hpp"

#include <string>

namespace firn {

Problem malformed_body(const JsonError& error) {
    return bad_member(error.pointer,
                      error.reason + " (At byte " + std::to_string(error.offset) + ".)");
}

std::optional<Problem> check_no_precondition(const Request& request) {
    const auto& headers = request.headers;
    if (headers.if_match || headers.if_none_match) {
        return bad_parameter(headers.if_match ? "If-Match" : "If-None-Match",
                             "This call looks at no precondition: it goes by what is there when "
                             "it comes. Send it without If-Match and If-None-Match.");
    }
    return std::nullopt;
}

std::optional<Problem> check_plain_write(const Request& request) {
    if (auto problem = check_no_precondition(request)) {
        return problem;
    }
    if (request.body_format == BodyFormat::json) {
        return std::nullopt;
    }
    return bad_member("", request.body_format == BodyFormat::absent
                              ? "A body of JSON is needed here."
                              : "The body must be one JSON text, not lines.");
}

}  // namespace firn

// What a conversation checks before it takes a request on, and how it says no.
#include "service/http/conversation.hpp"
#include "service/http/media_type.hpp"

namespace firn {

bool Conversation::names_two_hosts() const {
    const auto authority = request_.target.authority();
    return !authority.empty() && request_.headers.host &&
           !equal_ignoring_case(authority, *request_.headers.host);
}

std::optional<Problem> Conversation::check_target() {
    auto& target = request_.target;
    if (const auto wrong = target.parse(request_.raw_target); !wrong.empty()) {
        const auto culprit = target.culprit().empty() ? "target" : target.culprit();
        return bad_parameter(culprit, wrong);
    }
    if (names_two_hosts()) {
        return bad_parameter("Host", "Host and the host of the request target differ.");
    }
    if (target.is_asterisk() && request_.verb != Verb::options) {
        return bad_parameter("target", "Only OPTIONS may ask for \"*\".");
    }
    return std::nullopt;
}

std::optional<Problem> Conversation::check_request() {
    const auto& framing = parser_->framing();
    if (auto problem = check_target()) {
        return problem;
    }
    const bool has_body = framing.chunked || framing.content_length > 0;
    if (auto problem = context_.rules.check(request_, has_body)) {
        return problem;
    }
    const auto& expect = request_.headers.expect;
    if (expect && !framing.http_1_0 && !equal_ignoring_case(*expect, "100-continue")) {
        return Problem(Slug::expectation_failed,
                       "The only Expect understood is \"100-continue\", not \"" +
                           std::string(*expect) + "\".");
    }
    return std::nullopt;
}

std::optional<Problem> Conversation::check_body() const {
    if (request_.streams_body) {
        return std::nullopt;
    }
    const auto length = parser_->framing().content_length;
    const auto most = context_.config.limits.body_bytes_max;
    if (length > most) {
        return Problem(Slug::too_large, "The body has " + std::to_string(length) +
                                            " bytes; at most " + std::to_string(most) +
                                            " are taken. Send it in several requests.");
    }
    const bool has_body = length > 0 || parser_->framing().chunked;
    const auto encoding = request_.headers.content_encoding.value_or("identity");
    if (has_body && !equal_ignoring_case(encoding, "identity")) {
        return Problem(Slug::unsupported_media_type, "The Content-Encoding is \"" +
                                                         std::string(encoding) +
                                                         "\"; only imports are taken compressed.");
    }
    return std::nullopt;
}

void Conversation::failed(std::string_view what) {
    context_.counters.failures.fetch_add(1, std::memory_order_relaxed);
    context_.log.error("request_failed", {{"request_id", request_.id},
                                          {"method", request_.method},
                                          {"path", request_.target.raw_path()},
                                          {"reason", what}});
    response_.reset();
    // Where the handler got to is unknown, and so is how much of the body was read.
    response_.close = true;
    Problem(Slug::internal, "The server failed on this request; its log says why.")
        .write_to(response_);
    respond();
    finish_request();
}

void Conversation::refuse(const Problem& problem) {
    response_.reset();
    problem.write_to(response_);
    respond_without_body_read();
}

void Conversation::respond_without_body_read() {
    const auto& framing = parser_->framing();
    if (!framing.chunked && framing.content_length <= input_.unread().size()) {
        input_.take(static_cast<std::size_t>(framing.content_length));
    } else {
        response_.close = true;
        linger_ = true;
    }
    respond();
    finish_request();
}

void Conversation::refuse_and_end(const Problem& problem) {
    if (request_.id.empty()) {
        request_.id = ids_.next();
    }
    response_.reset();
    problem.write_to(response_);
    response_.close = true;
    linger_ = true;
    respond();
    ending_ = true;
}

void Conversation::timed_out() {
    if (phase() == Phase::idle) {
        ending_ = true;
        return;
    }
    context_.counters.timeouts.fetch_add(1, std::memory_order_relaxed);
    refuse_and_end(Problem(Slug::request_timeout,
                           phase() == Phase::head ? "The head of the request did not end in time."
                                                  : "The body of the request stopped coming."));
}

void Conversation::refuse_connection() {
    refuse_and_end(Problem(Slug::overloaded,
                           "The server has as many connections as it takes; try again shortly."));
}

}  // namespace firn

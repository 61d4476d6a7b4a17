#include "service/http/conversation.hpp"

#include "service/http/media_type.hpp"

#include <boost/assert.hpp>

namespace firn {

namespace {

// Answers to a burst of pipelined requests go out together, up to this much.
constexpr std::size_t flush_from_bytes = 64u << 10;
// What a connection keeps of the memory for a response.
constexpr std::size_t kept_bytes_max = 256u << 10;

// A LF that no CR precedes. `from` is where to start looking.
bool has_bare_line_feed(std::string_view text, std::size_t from) noexcept {
    for (auto at = text.find('\n', from); at != text.npos; at = text.find('\n', at + 1)) {
        if (at == 0 || text[at - 1] != '\r') {
            return true;
        }
    }
    return false;
}

}  // namespace

Conversation::Step Conversation::next() {
    for (;;) {
        if (stage_ == Stage::streaming) {
            return Step::piece;
        }
        if (ending_) {
            return Step::close;
        }
        if (output_.size() >= flush_from_bytes) {
            return Step::flush;
        }
        switch (stage_) {
            case Stage::head:
                if (!take_head()) {
                    return ended_ ? Step::close : Step::read;
                }
                break;
            case Stage::body:
                if (!take_body()) {
                    return ended_ ? Step::close : Step::read;
                }
                break;
            case Stage::ready:
                if (!answer_now()) {
                    return Step::answer;
                }
                break;
            case Stage::answering: BOOST_ASSERT_MSG(false, "the answer is not there yet"); break;
            case Stage::streaming: break;  // above
        }
    }
}

Conversation::Phase Conversation::phase() const noexcept {
    if (stage_ == Stage::body) {
        return Phase::body;
    }
    return input_.empty() ? Phase::idle : Phase::head;
}

std::span<char> Conversation::space() {
    return stage_ == Stage::body ? body_.space()
                                 : input_.space(context_.config.limits.header_bytes_max);
}

void Conversation::received(std::size_t bytes) {
    if (stage_ == Stage::body) {
        body_.received(bytes);
    } else {
        input_.received(bytes);
    }
}

bool Conversation::look_for_head_end(std::size_t& head_size) {
    // An empty line before a request is passed over (RFC 9112, 2.2).
    while (scanned_ == 0 && input_.unread().starts_with("\r\n")) {
        input_.take(2);
    }
    const auto text = input_.unread();
    if (text == "\r") {
        head_size = text.size();
        return false;  // perhaps the first half of such a line: not looked at yet
    }
    const auto limit = context_.config.limits.header_bytes_max;
    // The end may straddle what was scanned and what is new.
    const auto from = scanned_ < 3 ? 0 : scanned_ - 3;
    const auto empty_line = text.find("\r\n\r\n", from);
    head_size = empty_line == text.npos ? text.size() : empty_line + 4;
    if (head_size > limit) {
        refuse_and_end(Problem(
            Slug::headers_too_large,
            "Request line and header fields take more than " + std::to_string(limit) + " bytes."));
        return false;
    }
    if (has_bare_line_feed(text.substr(0, head_size), from)) {
        refuse_and_end(Problem(Slug::bad_request, "A line does not end with CR and LF."));
        return false;
    }
    scanned_ = text.size();
    return empty_line != text.npos;
}

bool Conversation::take_head() {
    std::size_t head_size = 0;
    if (input_.empty() || !look_for_head_end(head_size)) {
        return ending_;
    }
    scanned_ = 0;
    const auto head = input_.unread().substr(0, head_size);
    input_.take(head_size);
    begin_request(head);
    return true;
}

void Conversation::begin_request(std::string_view head) {
    ++requests_;
    request_.stopping = &context_.stopping;
    response_.reset();
    parser_.emplace();
    const auto wrong = parser_->parse_head(head, request_);
    if (request_.headers.request_id && is_usable_request_id(*request_.headers.request_id)) {
        request_.id = *request_.headers.request_id;
    } else {
        request_.id = ids_.next();
    }
    if (!wrong.empty()) {
        refuse_and_end(Problem(Slug::bad_request, wrong));
        return;
    }
    if (const auto problem = check_request()) {
        if (names_two_hosts()) {
            refuse_and_end(*problem);
        } else {
            refuse(*problem);
        }
        return;
    }
    try {
        if (!context_.handler.admit(request_, response_)) {
            respond_without_body_read();
            return;
        }
    } catch (const std::exception& error) {
        linger_ = true;
        failed(error.what());
        return;
    }
    if (const auto problem = check_body()) {
        refuse(*problem);
        return;
    }
    begin_body();
}

void Conversation::begin_body() {
    const auto& framing = parser_->framing();
    const bool streamed = request_.streams_body;
    if (streamed) {
        stage_ = Stage::ready;
        streamed_.begin(framing, input_);
        request_.body_reader = &reader_;
    } else {
        stage_ = Stage::body;
        body_.begin(framing, input_);
    }
    const bool nothing_came = streamed ? streamed_.nothing_came() : body_.nothing_came();
    if (request_.headers.expect && !framing.http_1_0 && nothing_came) {
        output_.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
}

StreamedBody::Progress Conversation::take_body_piece(std::string& out) {
    return streamed_.take(*parser_, out, context_.config.limits.header_bytes_max);
}

bool Conversation::take_body() {
    const auto& limits = context_.config.limits;
    switch (body_.advance(*parser_, limits.body_bytes_max, limits.header_bytes_max)) {
        case RequestBody::Progress::more: return false;
        case RequestBody::Progress::complete:
            request_.body = body_.text();
            stage_ = Stage::ready;
            break;
        case RequestBody::Progress::too_large:
            refuse_and_end(Problem(Slug::too_large, "The body has more than " +
                                                        std::to_string(limits.body_bytes_max) +
                                                        " bytes. Send it in several requests."));
            break;
        case RequestBody::Progress::malformed:
            refuse_and_end(Problem(Slug::bad_request, body_.wrong()));
            break;
    }
    return true;
}

bool Conversation::answer_now() {
    try {
        if (context_.handler.try_now(request_, response_)) {
            answered();
            return true;
        }
    } catch (const std::exception& error) {
        failed(error.what());
        return true;
    }
    stage_ = Stage::answering;
    return false;
}

void Conversation::answered() {
    respond();
    if (response_.source && request_.verb != Verb::head) {
        stage_ = Stage::streaming;
        chunked_ = !parser_->framing().http_1_0;
        context_.counters.streams_open.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    finish_request();
}

void Conversation::respond() {
    // None if not even a head was understood.
    const auto* framing = parser_ ? &parser_->framing() : nullptr;
    const bool unframed = framing != nullptr && framing->http_1_0 && response_.source;
    // A source may read the rest; whether it did is known at its end.
    const bool left_unread = body_left_unread() && !response_.source;
    const bool keep_alive = framing != nullptr && framing->keep_alive && !response_.close &&
                            !unframed && !left_unread &&
                            !context_.stopping.load(std::memory_order_relaxed);
    if (!context_.config.cors_origins.empty()) {
        context_.rules.add_cors_headers(request_, response_);
    }
    writer_.write(output_, response_,
                  {.request_id = request_.id,
                   .keep_alive = keep_alive,
                   .http_1_0 = framing != nullptr && framing->http_1_0,
                   .without_body = request_.verb == Verb::head});
    ending_ = ending_ || !keep_alive;
    context_.counters.count_response(response_.status);
    if (context_.log.enabled(LogLevel::debug)) {
        context_.log.debug("request", {{"request_id", request_.id},
                                       {"method", request_.method},
                                       {"path", request_.target.raw_path()},
                                       {"status", unsigned{response_.status}},
                                       {"bytes", std::uint64_t{response_.body.size()}}});
    }
}

bool Conversation::body_left_unread() const noexcept {
    return request_.body_reader != nullptr && !streamed_.complete();
}

void Conversation::finish_request() {
    stage_ = Stage::head;
    if (body_left_unread()) {
        ending_ = linger_ = true;  // where the next request begins is not known
    }
    if (request_.body_reader != nullptr) {
        streamed_.end(input_);
    } else {
        body_.end(input_);
    }
    response_.source.reset();  // of a HEAD request it was never asked
    if (response_.body.capacity() > kept_bytes_max) {
        std::string().swap(response_.body);
    }
    parser_.reset();
    request_.forget();
}

}  // namespace firn

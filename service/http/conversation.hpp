// What is said on one connection, without the connection: bytes in, steps and bytes out.
//
//   read ──▶ head ──▶ body ──▶ ready ──▶ (answer) ──▶ (pieces of a body) ──▶ head …
//
// next() goes on as far as it can without waiting and says what to wait for. Requests are
// answered one after another, in the order they came; bytes beyond a request stay for the next.
// Thread: one session's. Errors: what a client does wrong becomes a response; a connection whose
// framing is in doubt is closed after it.
#pragma once

#include "service/http/ground_rules.hpp"
#include "service/http/http_config.hpp"
#include "service/http/http_counters.hpp"
#include "service/http/input_buffer.hpp"
#include "service/http/request_body.hpp"
#include "service/http/request_handler.hpp"
#include "service/http/request_id.hpp"
#include "service/http/request_parser.hpp"
#include "service/http/response_writer.hpp"
#include "service/http/streamed_body.hpp"
#include "service/logging.hpp"

#include <atomic>
#include <optional>
#include <span>
#include <string>

namespace firn {

class Conversation {
public:
    struct Context {
        const HttpConfig& config;
        const GroundRules& rules;
        RequestHandler& handler;
        const Log& log;
        HttpCounters& counters;
        const std::atomic<bool>& stopping;
    };
    enum class Step : std::uint8_t {
        read,    // more input is needed: fill space(), then received() or input_ended()
        flush,   // enough output has gathered
        answer,  // run the handler's answer(), then answered() or failed()
        piece,   // let source() append to begin_piece(), then end_piece() or cut_body()
        close,   // send what is left of output() and close
    };
    // What a read waits for, which is how long it may take.
    enum class Phase : std::uint8_t { idle, head, body };

    // `reader` reads streamed bodies from where this one's input comes from.
    Conversation(const Context& context, BodyReader& reader) : context_(context), reader_(reader) {}
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    [[nodiscard]] Step next();

    [[nodiscard]] std::span<char> space();
    void received(std::size_t bytes);
    void input_ended() noexcept { ended_ = true; }
    // The read took longer than its phase allows.
    void timed_out();
    // Says 503 and nothing else.
    void refuse_connection();

    [[nodiscard]] const Request& request() const noexcept { return request_; }
    [[nodiscard]] Response& response() noexcept { return response_; }
    void answered();
    void failed(std::string_view what);

    // The response's body, if it is made as it is sent.
    [[nodiscard]] BodySource& source() noexcept { return *response_.source; }
    [[nodiscard]] std::string& begin_piece();
    void end_piece(bool more);
    // Ends in the middle of the body, so that the client sees that it is not whole.
    void cut_body(std::string_view what);

    // The request's body, if the handler reads it. None is left out between the calls.
    [[nodiscard]] StreamedBody::Progress take_body_piece(std::string& out);
    [[nodiscard]] StreamedBody& streamed_body() noexcept { return streamed_; }

    [[nodiscard]] std::string& output() noexcept { return output_; }
    [[nodiscard]] Phase phase() const noexcept;
    // Requests begun so far: tells one head from the next.
    [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
    // The client may still be sending what nobody will read.
    [[nodiscard]] bool must_linger() const noexcept { return linger_ || !input_.empty(); }
    // Closing would look like the end of a body that is not whole.
    [[nodiscard]] bool must_reset() const noexcept { return resets_; }

private:
    enum class Stage : std::uint8_t { head, body, ready, answering, streaming };

    [[nodiscard]] bool take_head();
    [[nodiscard]] bool look_for_head_end(std::size_t& head_size);
    void begin_request(std::string_view head);
    [[nodiscard]] std::optional<Problem> check_request();
    [[nodiscard]] std::optional<Problem> check_target();
    [[nodiscard]] bool names_two_hosts() const;
    [[nodiscard]] std::optional<Problem> check_body() const;
    void begin_body();
    [[nodiscard]] bool take_body();
    [[nodiscard]] bool answer_now();

    // Answers a request that will not be handled; its body, if it is not here yet, never is.
    void refuse(const Problem& problem);
    void respond_without_body_read();
    // Answers and ends: what follows in the input cannot be told.
    void refuse_and_end(const Problem& problem);
    void respond();
    void finish_request();
    [[nodiscard]] bool body_left_unread() const noexcept;
    void end_stream();

    Context context_;
    BodyReader& reader_;
    Stage stage_ = Stage::head;
    bool ended_ = false;   // no more input
    bool ending_ = false;  // nothing more will be answered
    bool linger_ = false;
    bool resets_ = false;
    std::uint64_t requests_ = 0;

    InputBuffer input_;
    std::size_t scanned_ = 0;  // of what is unread: has no end of a head

    std::optional<RequestParser> parser_;
    Request request_;
    Response response_;
    RequestBody body_;
    StreamedBody streamed_;
    RequestIdMaker ids_;

    std::string output_;
    std::size_t piece_at_ = 0;  // where the piece being made begins in it
    bool chunked_ = false;
    ResponseWriter writer_;
};

}  // namespace firn

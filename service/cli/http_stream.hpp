// One request on a connection of its own, whose answer is read as it comes, and whose body, if it
// has one, is sent at the same time.
// Thread: one; the calls block.
// Errors: CommandFailure (unreachable) naming the server: also when the answer breaks off, or
// nothing moves for `silence`; Stopped; and whatever the body's own source throws. An answer of any
// status is no error here.
#pragma once

#include "service/cli/http_client.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace firn::cli {

// Gives a body's next piece, valid until the next call; an empty one at its end.
using BodyPieces = std::function<std::string_view()>;

struct StreamAsk {
    struct Field {
        std::string_view name;
        std::string value;
    };

    std::string target;
    std::vector<Field> fields;
    BodyPieces body;  // with one, it is a POST
};

class HttpStream {
public:
    struct Timeouts {
        std::chrono::milliseconds connect{5'000};
        std::chrono::milliseconds silence{60'000};
    };

    // Connects, and waits for the head of the answer.
    HttpStream(const ServerUrl& url, StreamAsk ask, Timeouts timeouts, StopSignals* stop);
    ~HttpStream();
    HttpStream(const HttpStream&) = delete;
    HttpStream& operator=(const HttpStream&) = delete;

    [[nodiscard]] unsigned status() const noexcept;
    // Of the answer; empty if it has none.
    [[nodiscard]] std::string_view content_encoding() const;
    [[nodiscard]] std::string_view content_type() const;
    // Some of the answer's body, valid until the next call; empty at its end.
    [[nodiscard]] std::string_view read();
    // What the status means, with the whole body read; for answers that are no stream.
    [[nodiscard]] HttpAnswer rest();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace firn::cli

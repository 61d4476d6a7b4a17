// A client for tests: sends bytes as they are and reads one response after another. Blocking, and
// strict about what comes back, so that a test fails where the server first goes wrong.
// Thread: one. Errors: throws std::runtime_error when nothing comes for 30 s or the server ends
// the connection in the middle of a response.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn::test {

struct HttpReply {
    int status = 0;
    std::string head;  // status line and fields, without the empty line
    std::string body;

    // The value of the field, of the first one of that name; empty if there is none.
    [[nodiscard]] std::string header(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view text) const {
        return body.find(text) != std::string::npos;
    }
};

class HttpClient {
public:
    explicit HttpClient(std::uint16_t port);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    void send(std::string_view bytes);
    // Says that nothing more will be sent.
    void end_sending();
    // `to_head`: of a HEAD request, whose response has no body whatever its fields say.
    [[nodiscard]] HttpReply read(bool to_head = false);
    // True once the server has closed; false if it sends something instead.
    [[nodiscard]] bool ended();

    // Of a body that is made as it is sent: its head, then what follows, as it is on the wire.
    [[nodiscard]] HttpReply read_head();
    [[nodiscard]] std::string read_bytes(std::size_t size);
    // The data of the next chunk; none after the last one.
    [[nodiscard]] std::optional<std::string> read_chunk();
    // All that comes until the server ends the connection.
    [[nodiscard]] std::string read_to_end();
    // The connection did not end in good order.
    [[nodiscard]] bool was_reset() const noexcept { return reset_; }

    // One request with Host, and Content-Type: application/json if there is a body.
    // `fields` are further lines, each with its CRLF.
    [[nodiscard]] HttpReply request(std::string_view method, std::string_view target,
                                    std::string_view body = {}, std::string_view fields = {});
    [[nodiscard]] HttpReply get(std::string_view target, std::string_view fields = {}) {
        return request("GET", target, {}, fields);
    }
    [[nodiscard]] HttpReply post(std::string_view target, std::string_view body,
                                 std::string_view fields = {}) {
        return request("POST", target, body, fields);
    }

private:
    // False at the end of the stream.
    bool receive();

    [[nodiscard]] std::string read_line();

    int socket_;
    bool reset_ = false;
    std::string input_;
};

}  // namespace firn::test

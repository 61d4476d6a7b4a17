// A connection to a server on this machine, over which one HTTP request after another is made.
//
// Blocking, and cheap: few and large reads, bodies are handed on and not kept, so that the server
// is measured and not the client.
// Thread: one. Errors: fail().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace firn::perf {

// A connected socket; blocking.
[[nodiscard]] int connect_to(std::uint16_t port);

class Connection {
public:
    using Sink = std::function<void(std::string_view)>;

    explicit Connection(std::uint16_t port);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Answers the response's head; the body goes to the sink as it comes. `fields`: lines that end
    // in "\r\n".
    std::string get(std::string_view target, std::string_view fields, const Sink& sink);
    std::string post(std::string_view target, std::string_view fields, std::string_view body,
                     const Sink& sink);
    std::string send(std::string_view method, std::string_view target, std::string_view fields,
                     std::string_view body, const Sink& sink);

private:
    void write(std::string_view bytes) const;
    [[nodiscard]] std::string_view read();
    std::string receive(const Sink& sink);

    const std::uint16_t port_;
    const int socket_;
    std::unique_ptr<char[]> buffer_;
};

// The value of a field of a head, empty if there is none.
[[nodiscard]] std::string_view field_of(std::string_view head, std::string_view name);
// Its status is 200.
[[nodiscard]] bool is_ok(std::string_view head);

}  // namespace firn::perf

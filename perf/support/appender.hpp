// A client that appends one event a request over a connection that it keeps.
//
// The request is made once; only the stream and the event's number change, in place.
// Thread: the load's. Errors: fail() if an append is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn::perf {

// "c012" and "s034": of fixed width, so that requests are as long as each other.
[[nodiscard]] std::string category_name(std::size_t number);
[[nodiscard]] std::string stream_id(std::size_t number);

class Appender {
public:
    // What is asked for, and what the server answers.
    struct Append {
        std::size_t category = 0;
        std::size_t stream = 0;  // in the category
        std::uint64_t number = 0;
    };
    struct Answer {
        std::uint64_t version = 0;
        std::uint64_t position = 0;
    };

    explicit Appender(std::uint16_t port);
    ~Appender();
    Appender(const Appender&) = delete;
    Appender& operator=(const Appender&) = delete;

    [[nodiscard]] int socket() const noexcept { return socket_; }
    [[nodiscard]] bool is_waiting() const noexcept { return waiting_; }
    [[nodiscard]] const Append& asked() const noexcept { return asked_; }

    void send(const Append& append);
    // Reads what there is; the answer, if it is there.
    [[nodiscard]] std::optional<Answer> read();

    // The event's number, which its data begins with.
    [[nodiscard]] static std::uint64_t number_in(std::string_view event);

private:
    const int socket_;
    std::string request_;
    std::size_t number_at_;  // where in it
    bool waiting_ = false;
    Append asked_;
    std::string answer_;
};

}  // namespace firn::perf

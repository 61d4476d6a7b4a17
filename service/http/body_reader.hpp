// The body of a request that is read while it is handled: imports, of any length.
// Thread: one session's. Errors: broken, after which nothing more comes.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace firn {

class BodyReader {
public:
    enum class Came : std::uint8_t {
        piece,    // some bytes were appended
        end,      // none, and the body is complete
        nothing,  // none until then; more may come
        broken,   // none; the client went away, fell silent or broke the framing: see why()
    };

    virtual ~BodyReader() = default;

    // Appends the next bytes of the body, at most about 64 KiB. Waits for them until then.
    virtual boost::asio::awaitable<Came> read(std::string& out,
                                              std::chrono::steady_clock::time_point until) = 0;
    // A sentence, once it is broken.
    [[nodiscard]] virtual std::string_view why() const noexcept = 0;
};

}  // namespace firn

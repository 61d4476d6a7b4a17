// X-Request-Id: the client's if it is usable, else one of ours.
// Thread: a maker belongs to one session. Errors: none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace firn {

// 1 to 128 bytes of printable ASCII.
[[nodiscard]] bool is_usable_request_id(std::string_view id) noexcept;

// Makes ids that differ between connections and between requests: 16 random hexadecimal digits
// of the connection and a counter. A random number per request would cost more than the request.
class RequestIdMaker {
public:
    RequestIdMaker();
    // Valid until the next call.
    [[nodiscard]] std::string_view next();

private:
    std::string id_;
    std::size_t prefix_size_;
    std::uint64_t count_ = 0;
};

}  // namespace firn

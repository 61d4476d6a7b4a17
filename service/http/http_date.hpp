// The Date header, formatted at most once a second.
// Thread: one session's. Errors: none.
#pragma once

#include <ctime>
#include <string_view>

namespace firn {

class HttpDate {
public:
    // "Tue, 15 Nov 1994 08:12:31 GMT"; valid until the next call.
    [[nodiscard]] std::string_view now() noexcept;

private:
    std::time_t second_ = -1;
    char text_[32] = {};
};

}  // namespace firn

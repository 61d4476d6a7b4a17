// A route's path, taken apart when the program is compiled: "/v1/streams/{category}/{id}".
// Thread: constant. Errors: a pattern that is too long does not compile.
#pragma once

#include "service/http/request_target.hpp"

#include <array>
#include <string_view>

namespace firn {

class PathPattern {
public:
    consteval PathPattern(const char* pattern) : text_(pattern) {
        auto rest = text_.substr(1);
        for (;;) {
            const auto slash = rest.find('/');
            segments_[size_++] = rest.substr(0, slash);
            if (slash == rest.npos) {
                return;
            }
            rest.remove_prefix(slash + 1);
        }
    }

    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

    [[nodiscard]] bool matches(const RequestTarget& target) const noexcept {
        if (target.size() != size_ || target.too_deep()) {
            return false;
        }
        for (std::size_t i = 0; i < size_; ++i) {
            if (!segments_[i].starts_with('{') && segments_[i] != target.segment(i)) {
                return false;
            }
        }
        return true;
    }

private:
    std::string_view text_;
    std::array<std::string_view, RequestTarget::segments_max> segments_{};
    std::size_t size_ = 0;
};

}  // namespace firn

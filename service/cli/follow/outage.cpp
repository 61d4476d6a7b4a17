#include "service/cli/follow/outage.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace firn::cli {

std::chrono::milliseconds Backoff::next() noexcept {
    return std::exchange(next_, std::min(next_ * 2, longest));
}

void Outage::lost(std::string_view why) {
    if (!told_) {
        told_ = true;
        std::fprintf(stderr, "firn: %.*s Trying again until it is back.\n",
                     static_cast<int>(why.size()), why.data());
    }
    stop_.pause(backoff_.next());
}

void Outage::over() {
    backoff_.reset();
    if (told_) {
        told_ = false;
        std::fputs("firn: The server is back.\n", stderr);
    }
}

}  // namespace firn::cli

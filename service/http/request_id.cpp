#include "service/http/request_id.hpp"

#include "service/http/json_text.hpp"

#include <sys/random.h>

#include <algorithm>

namespace firn {

bool is_usable_request_id(std::string_view id) noexcept {
    return !id.empty() && id.size() <= 128 &&
           std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
}

RequestIdMaker::RequestIdMaker() {
    static constexpr char digits[] = "0123456789abcdef";
    unsigned char random[8] = {};
    // Eight bytes are never cut short; should the kernel have none, ids are merely less unlike.
    [[maybe_unused]] const auto taken = getrandom(random, sizeof(random), 0);
    for (const auto byte : random) {
        id_.push_back(digits[byte >> 4]);
        id_.push_back(digits[byte & 15]);
    }
    id_.push_back('-');
    prefix_size_ = id_.size();
}

std::string_view RequestIdMaker::next() {
    id_.resize(prefix_size_);
    append_number(id_, ++count_);
    return id_;
}

}  // namespace firn

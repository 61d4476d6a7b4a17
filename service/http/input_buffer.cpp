#include "service/http/input_buffer.hpp"

#include <algorithm>

namespace firn {

namespace {

constexpr std::size_t step_bytes = 4096;  // what most requests fit in

}  // namespace

std::span<char> InputBuffer::space(std::size_t usual_max) {
    if (begin_ > 0) {
        std::copy(bytes_.data() + begin_, bytes_.data() + end_, bytes_.data());
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == bytes_.size()) {
        const auto doubled = std::min(bytes_.size() * 2, usual_max + step_bytes);
        bytes_.resize(std::max(end_ + step_bytes, doubled));
    }
    return {bytes_.data() + end_, bytes_.size() - end_};
}

void InputBuffer::assign(std::string_view bytes) {
    bytes_.assign(bytes);
    begin_ = 0;
    end_ = bytes_.size();
}

}  // namespace firn

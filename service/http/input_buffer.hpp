// The bytes of a connection that came in and were not taken yet, in one piece.
// Thread: one session's. Errors: none.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace firn {

class InputBuffer {
public:
    // Bytes that were taken stay where they are, for views of them, until space() or assign().
    [[nodiscard]] std::string_view unread() const noexcept {
        return std::string_view(bytes_).substr(begin_, end_ - begin_);
    }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    void take(std::size_t bytes) noexcept { begin_ += bytes; }

    // Where to read to, never empty. Doubles up to `usual_max` and beyond that by little, so that
    // whoever bounds what is unread bounds this, too.
    [[nodiscard]] std::span<char> space(std::size_t usual_max);
    void received(std::size_t bytes) noexcept { end_ += bytes; }

    // Replaces everything.
    void assign(std::string_view bytes);

private:
    std::string bytes_;  // its size is the space there is
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace firn

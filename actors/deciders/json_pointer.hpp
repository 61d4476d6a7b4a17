// JSON Pointer (RFC 6901): where in a value something is.
// Thread: plain value, one thread. Errors: a text that is no pointer is told by assign().
#pragma once

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace firn {

// A pointer's decoded tokens. It is assigned anew for each text, so that a patch of many
// operations allocates little.
class JsonPointer {
public:
    JsonPointer() = default;
    // Tokens may lie in this very object.
    JsonPointer(const JsonPointer&) = delete;
    JsonPointer& operator=(const JsonPointer&) = delete;

    // Whether `text` is a pointer; it must outlive the tokens.
    [[nodiscard]] bool assign(std::string_view text);

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    // None: the whole value.
    [[nodiscard]] std::span<const std::string_view> tokens() const noexcept {
        return {tokens_.data(), tokens_.size()};
    }
    [[nodiscard]] bool whole() const noexcept { return tokens_.empty(); }
    // Whether `other` leads to something inside of what this one leads to.
    [[nodiscard]] bool contains(const JsonPointer& other) const noexcept;

private:
    std::string_view text_;
    boost::container::small_vector<std::string_view, 8> tokens_;
    std::string decoded_;  // what the tokens view if there were escapes
};

// The array index that a token is: digits, without leading zeros.
[[nodiscard]] std::optional<std::size_t> array_index(std::string_view token) noexcept;

}  // namespace firn

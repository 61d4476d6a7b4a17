// What is asked of a tree of values besides its text: how much it is, how deep, whether two are
// equal, whether it has a text at all.
// Thread: plain functions. Errors: none. Trees are at most json_depth_max levels deep, but for
// why_not_json().
#pragma once

#include <boost/json/value.hpp>

#include <cstddef>

namespace firn {

// A value's size as a function of the value alone. Memory is not one: it depends on how a value
// came to be, and a bound on it would be met in one process and not in another.
struct JsonExtent {
    std::size_t weight = 0;  // value_weight for each value, and the bytes of its strings and names
    std::size_t levels = 0;  // of arrays and objects; 0 for a scalar
};

// About what a value takes in memory, as an array's element or, its name aside, as a member.
inline constexpr std::size_t value_weight = 32;

[[nodiscard]] JsonExtent extent_of(const boost::json::value& value) noexcept;

// RFC 6902, section 4.6: numbers by their value (1 and 1.0 are equal), objects whatever the order
// of their members.
[[nodiscard]] bool are_equal(const boost::json::value& a, const boost::json::value& b) noexcept;

// Why a value that did not come from a text has none that could be read back, as the rest of a
// sentence ("a number in it is not finite"); null if it has.
[[nodiscard]] const char* why_not_json(const boost::json::value& value) noexcept;

}  // namespace firn

#include "actors/deciders/json_tree.hpp"

#include "actors/json/scanner.hpp"
#include "storage/types.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace firn {

namespace json = boost::json;

namespace {

void add_inner(JsonExtent& extent, const json::value& inner) noexcept {
    const auto part = extent_of(inner);
    extent.weight += part.weight;
    extent.levels = std::max(extent.levels, 1 + part.levels);
}

// Exactly: no rounding of the integer may make them equal.
template <class Integer>
bool is_same_number(double real, Integer integer) noexcept {
    const double past_max = std::ldexp(1.0, std::numeric_limits<Integer>::digits);
    constexpr auto min = static_cast<double>(std::numeric_limits<Integer>::min());
    return real >= min && real < past_max && std::trunc(real) == real &&
           static_cast<Integer>(real) == integer;
}

bool is_same_number(double real, const json::value& number) noexcept {
    return number.is_double()  ? real == number.get_double()
           : number.is_int64() ? is_same_number(real, number.get_int64())
                               : is_same_number(real, number.get_uint64());
}

bool are_equal_numbers(const json::value& a, const json::value& b) noexcept {
    if (a.is_double()) {
        return is_same_number(a.get_double(), b);
    }
    if (b.is_double()) {
        return is_same_number(b.get_double(), a);
    }
    if (a.is_int64() && b.is_int64()) {
        return a.get_int64() == b.get_int64();
    }
    if (a.is_uint64() && b.is_uint64()) {
        return a.get_uint64() == b.get_uint64();
    }
    return a.is_int64() ? std::cmp_equal(a.get_int64(), b.get_uint64())
                        : std::cmp_equal(a.get_uint64(), b.get_int64());
}

bool are_equal_objects(const json::object& a, const json::object& b) noexcept {
    if (a.size() != b.size()) {
        return false;
    }
    return std::all_of(a.begin(), a.end(), [&b](const auto& member) {
        const auto* const other = b.if_contains(member.key());
        return other != nullptr && are_equal(member.value(), *other);
    });
}

constexpr const char* not_utf8 = "a text in it is not UTF-8";

// `levels` that it may have.
const char* why_not_json(const json::value& value, std::size_t levels) noexcept {
    if (value.is_double()) {
        return std::isfinite(value.get_double()) ? nullptr : "a number in it is not finite";
    }
    if (value.is_string()) {
        return is_valid_utf8(value.get_string()) ? nullptr : not_utf8;
    }
    if (!value.is_structured()) {
        return nullptr;
    }
    if (levels == 0) {
        return "it is nested deeper than 64 levels";
    }
    if (value.is_array()) {
        for (const auto& element : value.get_array()) {
            if (const auto* const reason = why_not_json(element, levels - 1)) {
                return reason;
            }
        }
        return nullptr;
    }
    for (const auto& member : value.get_object()) {
        const auto* const reason =
            is_valid_utf8(member.key()) ? why_not_json(member.value(), levels - 1) : not_utf8;
        if (reason != nullptr) {
            return reason;
        }
    }
    return nullptr;
}

static_assert(json_depth_max == 64, "the reason above says so");

}  // namespace

JsonExtent extent_of(const json::value& value) noexcept {
    JsonExtent extent{value_weight, 0};
    if (const auto* const array = value.if_array()) {
        extent.levels = 1;
        for (const auto& element : *array) {
            add_inner(extent, element);
        }
    } else if (const auto* const object = value.if_object()) {
        extent.levels = 1;
        for (const auto& member : *object) {
            extent.weight += member.key().size();
            add_inner(extent, member.value());
        }
    } else if (const auto* const string = value.if_string()) {
        extent.weight += string->size();
    }
    return extent;
}

bool are_equal(const json::value& a, const json::value& b) noexcept {
    if (a.is_number() && b.is_number()) {
        return are_equal_numbers(a, b);
    }
    if (a.kind() != b.kind()) {
        return false;
    }
    switch (a.kind()) {
        case json::kind::array:
            return std::equal(a.get_array().begin(), a.get_array().end(), b.get_array().begin(),
                              b.get_array().end(), are_equal);
        case json::kind::object: return are_equal_objects(a.get_object(), b.get_object());
        case json::kind::string: return a.get_string() == b.get_string();
        case json::kind::bool_: return a.get_bool() == b.get_bool();
        default: return true;  // null
    }
}

const char* why_not_json(const json::value& value) noexcept {
    return why_not_json(value, json_depth_max);
}

}  // namespace firn

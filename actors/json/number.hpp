// JSON numbers between text and double: correctly rounded one way, shortest the other.
// Thread: plain functions. Errors: none; a number that no finite double is near has no value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace firn {

// `text` is a number by RFC 8259's grammar. Too small for a double: 0 with its sign. Too large:
// none, since infinity is not JSON.
[[nodiscard]] std::optional<double> to_double(std::string_view text) noexcept;

// The shortest decimal that reads back as `number`, laid out like ECMAScript's Number::toString,
// except that it always has a fraction or an exponent (1.0, -0.0): it reads back as a double, so
// a state keeps the same values whether it is folded anew or loaded from a snapshot.
void write_double(std::string& out, double number);

// Number::toString itself, as RFC 8785 wants it: 1, 1e+21, and 0 for minus zero.
void write_canonical_double(std::string& out, double number);

}  // namespace firn

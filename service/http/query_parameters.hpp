// Reads query parameters, which are as strict as bodies: unknown names, repeats of what may be
// given once and values out of bounds are refused, so that a typing mistake is never ignored.
// Thread: plain functions. Errors: Problem (400 with `parameter`).
#pragma once

#include "service/http/problem.hpp"
#include "service/http/request_target.hpp"

#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace firn {

// What a route makes of a request, or why not.
template <class T>
using Read = boost::system::result<T, Problem>;

// `known` lists names with spaces between them; a '*' after one lets it repeat: "limit type*".
[[nodiscard]] std::optional<Problem> check_parameters(const RequestTarget& target,
                                                      std::string_view known);

[[nodiscard]] std::optional<std::string_view> parameter(const RequestTarget& target,
                                                        std::string_view name) noexcept;

// None if it is not given.
[[nodiscard]] Read<std::optional<std::uint64_t>> number_parameter(const RequestTarget& target,
                                                                  std::string_view name,
                                                                  std::uint64_t at_least,
                                                                  std::uint64_t at_most);

// Decimal digits and nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view digits) noexcept;

}  // namespace firn

// JSON text to boost::json::value and back, with exact numbers: an integer of the int64 or uint64
// range is kept as it is, any other number is the nearest double. (Boost.JSON's own parser and
// serializer are not used: they round wrongly and let integers turn into doubles.)
//
// What is accepted is exactly what validate_json() accepts. parse_json(write_json(v)) == v for
// every value made here: integers stay integers, doubles stay doubles.
// Thread: plain functions. Errors: JsonError.
#pragma once

#include "actors/json/scanner.hpp"

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace firn {

[[nodiscard]] boost::system::result<boost::json::value, JsonError> parse_json(
    std::string_view text, boost::json::storage_ptr storage = {});

// Parses the scanner's next value into `target`, in the target's storage. False: the scanner has
// failed, and the target holds no value in particular.
[[nodiscard]] bool parse_next(JsonScanner& scanner, boost::json::value& target);

// Appends the value, without white space. Strings hold valid UTF-8 and doubles are finite, as
// parsed values do; only quotes, backslashes and control characters are escaped.
void write_json(std::string& out, const boost::json::value& value);

// Appends a string in quotes: the same escapes in plain and canonical form.
void write_json_string(std::string& out, std::string_view text);

}  // namespace firn

// The canonical form of a JSON value and its hash: RFC 8785 (JCS), except that integers in the
// int64 and uint64 ranges stay exact decimals. Equal states have equal hashes, whatever the order
// of their members and however they came to be.
// Thread: plain functions. Errors: none; strings hold valid UTF-8 and doubles are finite, as in
// values that parse_json() made. std::bad_alloc if OpenSSL cannot allocate.
#pragma once

#include "storage/types.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace firn {

void write_canonical(std::string& out, const boost::json::value& value);

// SHA-256 of the canonical form.
[[nodiscard]] Hash state_hash(const boost::json::value& value);

// Whether `a` comes before `b` by their UTF-16 code units, the order of member names; both are
// UTF-8.
[[nodiscard]] bool utf16_less(std::string_view a, std::string_view b) noexcept;

}  // namespace firn

// The chain hash of a stream: proof of which events, in which order, a stream was made of.
//
//   h(0) = SHA-256(frame(category) frame(id))
//   h(v) = SHA-256(h(v-1) frame(version) frame(event id) frame(type) frame(recorded_at)
//                  frame(data) frame(metadata))
//   frame(x) = the length of x in bytes as 8 bytes little-endian, then x; version and
//   recorded_at (microseconds since 1970 UTC) are 8 bytes little-endian.
// The position is not in it, so an import into another store keeps the chain.
// Source: FIPS 180-4 through OpenSSL's EVP. Thread: plain functions.
#pragma once

#include "storage/event.hpp"
#include "storage/types.hpp"

namespace firn {

[[nodiscard]] Hash chain_start(std::string_view category, std::string_view id);
// `event` carries version and recorded_at.
[[nodiscard]] Hash chain_next(const Hash& previous, const EventView& event);

}  // namespace firn

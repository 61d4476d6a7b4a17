// Texts made smaller for the disk, and back. JSON of states repeats its names, so that even the
// fastest level halves it.
// Thread: plain functions. Source: zstd, https://facebook.github.io/zstd/zstd_manual.html.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

// Empty: it would not be smaller, or is larger than decompress() would believe.
[[nodiscard]] std::optional<std::string> compress(std::string_view text);
// Empty: the bytes are no compressed text of this size.
[[nodiscard]] std::optional<std::string> decompress(std::string_view bytes, std::size_t size);

}  // namespace firn

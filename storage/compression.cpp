#include "storage/compression.hpp"

#include <zstd.h>

namespace firn {

namespace {

// Higher levels save a tenth more for several times the work.
constexpr int level = 1;
// A size beyond this is damage, not a state; memory is not taken for it.
constexpr std::size_t text_bytes_max = std::size_t{1} << 30;

}  // namespace

std::optional<std::string> compress(std::string_view text) {
    if (text.size() > text_bytes_max) {
        return std::nullopt;
    }
    std::string out(ZSTD_compressBound(text.size()), '\0');
    const auto size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), level);
    // An error is a huge number here.
    if (size >= text.size()) {
        return std::nullopt;
    }
    out.resize(size);
    return out;
}

std::optional<std::string> decompress(std::string_view bytes, std::size_t size) {
    if (size > text_bytes_max || ZSTD_getFrameContentSize(bytes.data(), bytes.size()) != size) {
        return std::nullopt;
    }
    std::string out(size, '\0');
    if (ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size()) != size) {
        return std::nullopt;
    }
    return out;
}

}  // namespace firn

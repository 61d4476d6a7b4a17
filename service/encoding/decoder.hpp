// Turns compressed bytes back into text, piece by piece: gzip (RFC 1952) by zlib, zstd (RFC 8878).
// Thread: one at a time. Errors: DamagedEncoding when the bytes are not what they claim.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>

namespace firn {

class DamagedEncoding : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Decoder {
public:
    struct Progress {
        std::size_t consumed = 0;
        std::size_t produced = 0;
    };

    virtual ~Decoder() = default;
    // Takes what it can of `in` and fills what it can of `out`.
    [[nodiscard]] virtual Progress decode(std::string_view in, std::span<char> out) = 0;
    // Whether the input may end here: false in the middle of an archive.
    [[nodiscard]] virtual bool may_end() const noexcept = 0;
    [[nodiscard]] virtual std::string_view format() const noexcept = 0;  // "zstd"
};

[[nodiscard]] std::unique_ptr<Decoder> make_plain_decoder();
// Several frames or members after each other read as one text, as the formats have it.
// A zstd frame says how far back it refers, and so much memory its decoder takes. What comes from
// strangers may ask for 8 MiB (RFC 9659); 0: zstd's own bound, 128 MiB.
inline constexpr int http_window_log = 23;
[[nodiscard]] std::unique_ptr<Decoder> make_zstd_decoder(int window_log_max = 0);
[[nodiscard]] std::unique_ptr<Decoder> make_gzip_decoder();

// How many bytes make_decoder_for likes to see.
inline constexpr std::size_t magic_bytes = 4;
// Chosen by the first bytes; what is neither zstd nor gzip is plain text.
[[nodiscard]] std::unique_ptr<Decoder> make_decoder_for(std::string_view first_bytes);

}  // namespace firn

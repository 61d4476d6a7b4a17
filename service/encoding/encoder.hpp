// Compresses text piece by piece: gzip (RFC 1952) by zlib, zstd (RFC 8878).
// Thread: one at a time. Errors: std::bad_alloc; std::runtime_error for what the library refuses.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace firn {

class Encoder {
public:
    virtual ~Encoder() = default;
    // Appends what can be told of `in`; some may come with a later piece.
    virtual void encode(std::string_view in, std::string& out) = 0;
    // Appends the rest. Nothing may be encoded afterwards.
    virtual void finish(std::string& out) = 0;
};

[[nodiscard]] std::unique_ptr<Encoder> make_plain_encoder();
[[nodiscard]] std::unique_ptr<Encoder> make_gzip_encoder();
[[nodiscard]] std::unique_ptr<Encoder> make_zstd_encoder();

}  // namespace firn

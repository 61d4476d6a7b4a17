// Content codings (RFC 9110, 8.4.1): which one a body is in, and which one a client wants.
// Thread: plain functions. Errors: none is given for codings that are not known here.
#pragma once

#include "service/encoding/decoder.hpp"
#include "service/encoding/encoder.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace firn {

enum class ContentEncoding : std::uint8_t { identity, gzip, zstd };

[[nodiscard]] std::string_view name_of(ContentEncoding encoding) noexcept;

// What a Content-Encoding field says; no field is identity.
[[nodiscard]] std::optional<ContentEncoding> content_encoding_of(
    std::optional<std::string_view> field) noexcept;

// The coding that an Accept-Encoding field prefers (RFC 9110, 12.5.3): by weight, then zstd before
// gzip before none. No field: none.
[[nodiscard]] ContentEncoding choose_encoding(std::optional<std::string_view> accepted) noexcept;

[[nodiscard]] std::unique_ptr<Encoder> make_encoder(ContentEncoding encoding);
// For what strangers send.
[[nodiscard]] std::unique_ptr<Decoder> make_decoder(ContentEncoding encoding);

}  // namespace firn

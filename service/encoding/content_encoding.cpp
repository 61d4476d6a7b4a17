#include "service/encoding/content_encoding.hpp"

#include "service/http/media_type.hpp"

#include <array>

namespace firn {

std::string_view name_of(ContentEncoding encoding) noexcept {
    constexpr std::string_view names[] = {"identity", "gzip", "zstd"};
    return names[static_cast<std::size_t>(encoding)];
}

std::optional<ContentEncoding> content_encoding_of(std::optional<std::string_view> field) noexcept {
    const auto name = trimmed(field.value_or("identity"));
    for (const auto known :
         {ContentEncoding::identity, ContentEncoding::gzip, ContentEncoding::zstd}) {
        if (equal_ignoring_case(name, name_of(known))) {
            return known;
        }
    }
    if (equal_ignoring_case(name, "x-gzip")) {
        return ContentEncoding::gzip;
    }
    return std::nullopt;
}

ContentEncoding choose_encoding(std::optional<std::string_view> accepted) noexcept {
    constexpr std::array offered = {ContentEncoding::zstd, ContentEncoding::gzip,
                                    ContentEncoding::identity};
    const std::array names = {name_of(offered[0]), name_of(offered[1]), name_of(offered[2])};
    // Without a word on codings, a client may not know any.
    if (!accepted || trimmed(*accepted).empty()) {
        return ContentEncoding::identity;
    }
    // The weights are those of Accept.
    const auto chosen = choose_media_type(accepted, names);
    return chosen ? offered[*chosen] : ContentEncoding::identity;
}

std::unique_ptr<Encoder> make_encoder(ContentEncoding encoding) {
    switch (encoding) {
        case ContentEncoding::gzip: return make_gzip_encoder();
        case ContentEncoding::zstd: return make_zstd_encoder();
        case ContentEncoding::identity: break;
    }
    return make_plain_encoder();
}

std::unique_ptr<Decoder> make_decoder(ContentEncoding encoding) {
    switch (encoding) {
        case ContentEncoding::gzip: return make_gzip_decoder();
        case ContentEncoding::zstd: return make_zstd_decoder(http_window_log);
        case ContentEncoding::identity: break;
    }
    return make_plain_decoder();
}

}  // namespace firn

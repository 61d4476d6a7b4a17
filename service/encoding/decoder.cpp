#include "service/encoding/decoder.hpp"

#include <algorithm>
#include <cstring>

namespace firn {
namespace {

class PlainDecoder final : public Decoder {
public:
    Progress decode(std::string_view in, std::span<char> out) override {
        const auto size = std::min(in.size(), out.size());
        std::memcpy(out.data(), in.data(), size);
        return {size, size};
    }
    bool may_end() const noexcept override { return true; }
    std::string_view format() const noexcept override { return "plain"; }
};

}  // namespace

std::unique_ptr<Decoder> make_plain_decoder() {
    return std::make_unique<PlainDecoder>();
}

std::unique_ptr<Decoder> make_decoder_for(std::string_view first_bytes) {
    // Neither can begin a line of JSON, nor any UTF-8 text.
    if (first_bytes.starts_with("\x28\xb5\x2f\xfd")) {
        return make_zstd_decoder();
    }
    if (first_bytes.starts_with("\x1f\x8b")) {
        return make_gzip_decoder();
    }
    return make_plain_decoder();
}

}  // namespace firn

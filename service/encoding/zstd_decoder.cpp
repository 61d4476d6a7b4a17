#include "service/encoding/decoder.hpp"

#include <zstd.h>
#include <boost/assert.hpp>

#include <new>
#include <string>

namespace firn {
namespace {

class ZstdDecoder final : public Decoder {
public:
    explicit ZstdDecoder(int window_log_max) : stream_(ZSTD_createDStream()) {
        if (stream_ == nullptr) {
            throw std::bad_alloc();
        }
        const auto status =
            ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, window_log_max);
        BOOST_ASSERT(ZSTD_isError(status) == 0);
        (void)status;
    }

    Progress decode(std::string_view in, std::span<char> out) override {
        ZSTD_inBuffer input{in.data(), in.size(), 0};
        ZSTD_outBuffer output{out.data(), out.size(), 0};
        const auto status = ZSTD_decompressStream(stream_.get(), &output, &input);
        if (ZSTD_isError(status) != 0) {
            throw DamagedEncoding(std::string("the zstd archive is damaged (") +
                                  ZSTD_getErrorName(status) + ")");
        }
        // Without input the status speaks of a next frame, not of the one that just ended.
        if (input.pos != 0 || output.pos != 0) {
            between_frames_ = status == 0;
        }
        return {input.pos, output.pos};
    }
    bool may_end() const noexcept override { return between_frames_; }
    std::string_view format() const noexcept override { return "zstd"; }

private:
    struct Free {
        void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
    };
    std::unique_ptr<ZSTD_DStream, Free> stream_;
    bool between_frames_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder(int window_log_max) {
    return std::make_unique<ZstdDecoder>(window_log_max);
}

}  // namespace firn

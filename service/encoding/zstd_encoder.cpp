#include "service/encoding/encoder.hpp"

#include <zstd.h>

#include <new>
#include <stdexcept>

namespace firn {

namespace {

class ZstdEncoder final : public Encoder {
public:
    ZstdEncoder() : stream_(ZSTD_createCStream()) {
        if (stream_ == nullptr) {
            throw std::bad_alloc();
        }
        check(ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1));
    }

    void encode(std::string_view in, std::string& out) override { run(in, out, ZSTD_e_continue); }
    void finish(std::string& out) override { run({}, out, ZSTD_e_end); }

private:
    struct Free {
        void operator()(ZSTD_CStream* stream) const noexcept { ZSTD_freeCStream(stream); }
    };

    static std::size_t check(std::size_t status) {
        if (ZSTD_isError(status) != 0) {
            throw std::runtime_error(ZSTD_getErrorName(status));
        }
        return status;
    }

    void run(std::string_view in, std::string& out, ZSTD_EndDirective how) {
        ZSTD_inBuffer input{in.data(), in.size(), 0};
        for (;;) {
            const auto size = out.size();
            const auto room = ZSTD_CStreamOutSize();
            out.resize(size + room);
            ZSTD_outBuffer output{out.data() + size, room, 0};
            const auto left = check(ZSTD_compressStream2(stream_.get(), &output, &input, how));
            out.resize(size + output.pos);
            if (how == ZSTD_e_end ? left == 0 : input.pos == input.size) {
                return;
            }
        }
    }

    std::unique_ptr<ZSTD_CStream, Free> stream_;
};

}  // namespace

std::unique_ptr<Encoder> make_zstd_encoder() {
    return std::make_unique<ZstdEncoder>();
}

}  // namespace firn

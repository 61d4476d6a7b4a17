#include "service/encoding/encoder.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <stdexcept>

namespace firn {

namespace {

constexpr std::size_t step_bytes = 32u << 10;

class GzipEncoder final : public Encoder {
public:
    GzipEncoder() {
        // 15: the largest window; 16: a gzip header and checksum; 8: zlib's usual memory.
        if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                         Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~GzipEncoder() override { deflateEnd(&stream_); }
    GzipEncoder(const GzipEncoder&) = delete;
    GzipEncoder& operator=(const GzipEncoder&) = delete;

    void encode(std::string_view in, std::string& out) override {
        // zlib counts in 32 bits.
        constexpr std::size_t most = 1u << 30;
        for (; !in.empty(); in.remove_prefix(std::min(most, in.size()))) {
            run(in.substr(0, most), out, Z_NO_FLUSH);
        }
    }
    void finish(std::string& out) override { run({}, out, Z_FINISH); }

private:
    void run(std::string_view in, std::string& out, int flush) {
        // zlib's interface takes bytes that it does not change without const.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        stream_.avail_in = static_cast<uInt>(in.size());
        do {
            const auto size = out.size();
            out.resize(size + step_bytes);
            stream_.next_out = reinterpret_cast<Bytef*>(out.data() + size);
            stream_.avail_out = step_bytes;
            const auto status = deflate(&stream_, flush);
            out.resize(size + step_bytes - stream_.avail_out);
            if (status == Z_STREAM_ERROR) {
                throw std::runtime_error("zlib does not compress");
            }
        } while (stream_.avail_out == 0);
    }

    z_stream stream_{};
};

}  // namespace

std::unique_ptr<Encoder> make_gzip_encoder() {
    return std::make_unique<GzipEncoder>();
}

}  // namespace firn

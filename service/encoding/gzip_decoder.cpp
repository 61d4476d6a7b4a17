#include "service/encoding/decoder.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <string>

namespace firn {
namespace {

DamagedEncoding damaged(const char* why) {
    return DamagedEncoding(std::string("the gzip archive is damaged (") +
                           (why == nullptr ? "bad data" : why) + ")");
}

uInt bounded(std::size_t size) {
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

class GzipDecoder final : public Decoder {
public:
    GzipDecoder() {
        // 15: the largest window; 16: a gzip header and checksum, nothing else.
        if (inflateInit2(&stream_, 15 + 16) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~GzipDecoder() override { inflateEnd(&stream_); }
    GzipDecoder(const GzipDecoder&) = delete;
    GzipDecoder& operator=(const GzipDecoder&) = delete;

    Progress decode(std::string_view in, std::span<char> out) override {
        if (between_members_ && !in.empty()) {
            // Tapes and some tools fill the last block with zeros.
            if (in.front() == '\0') {
                padded_ = true;
                return {std::min(in.find_first_not_of('\0'), in.size()), 0};
            }
            if (padded_ || inflateReset(&stream_) != Z_OK) {
                throw damaged("bytes after its end");
            }
            between_members_ = false;
        }
        // zlib's interface takes bytes that it does not change without const.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        stream_.avail_in = bounded(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = bounded(out.size());
        const auto status = inflate(&stream_, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
            throw damaged(stream_.msg);
        }
        between_members_ = status == Z_STREAM_END;
        return {bounded(in.size()) - stream_.avail_in, bounded(out.size()) - stream_.avail_out};
    }
    bool may_end() const noexcept override { return between_members_; }
    std::string_view format() const noexcept override { return "gzip"; }

private:
    z_stream stream_{};
    bool between_members_ = false;
    bool padded_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder() {
    return std::make_unique<GzipDecoder>();
}

}  // namespace firn

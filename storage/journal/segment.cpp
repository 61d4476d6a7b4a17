#include "storage/journal/segment.hpp"

#include "storage/bytes.hpp"
#include "storage/checksum.hpp"

#include <fcntl.h>
#include <boost/assert.hpp>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace firn::journal {

namespace {

constexpr std::string_view segment_magic = "FIRNSEG1";
constexpr std::size_t header_fields_bytes = 8 + 4 * 8;

std::string encode_header(const SegmentHeader& header) {
    std::string out(segment_magic);
    put_int(out, header.store);
    put_int(out, header.epoch);
    put_int(out, header.first_sequence);
    put_int(out, header.bytes);
    put_int(out, checksum(out));
    return out;
}

// What the kernel and the file system allow: direct and self-syncing, else plain.
struct OpenedSegment {
    File file;
    bool syncs_by_itself;
};
result<OpenedSegment> open_for_writing(const std::filesystem::path& path, int more_flags) {
    if (auto direct = File::open(path, O_RDWR | O_DIRECT | O_DSYNC | more_flags)) {
        return OpenedSegment{std::move(*direct), true};
    } else if (direct.error().value() != EINVAL) {
        return direct.error();
    }
    auto plain = File::open(path, O_RDWR | more_flags);
    if (!plain) {
        return plain.error();
    }
    return OpenedSegment{std::move(*plain), false};
}

}  // namespace

void AlignedBuffer::Free::operator()(char* bytes) const noexcept {
    std::free(bytes);
}

void AlignedBuffer::reserve(std::size_t bytes) {
    if (bytes <= capacity_) {
        return;
    }
    const auto grown = padded(std::max(bytes, capacity_ * 2));
    std::unique_ptr<char, Free> larger(static_cast<char*>(std::aligned_alloc(block_bytes, grown)));
    if (!larger) {
        throw std::bad_alloc();
    }
    if (capacity_ > 0) {
        std::memcpy(larger.get(), bytes_.get(), capacity_);
    }
    bytes_ = std::move(larger);
    capacity_ = grown;
}

result<Segment> Segment::create(const std::filesystem::path& path, std::uint64_t store,
                                std::uint64_t bytes) {
    BOOST_ASSERT(bytes % block_bytes == 0);
    auto opened = open_for_writing(path, O_CREAT | O_TRUNC);
    if (!opened) {
        return opened.error();
    }
    Segment segment;
    segment.path_ = path;
    segment.file_ = std::move(opened->file);
    segment.syncs_by_itself_ = opened->syncs_by_itself;
    segment.header_ = {.store = store, .epoch = 0, .first_sequence = 0, .bytes = bytes};
    auto error = segment.fill_with_zeros();
    if (!error) {
        error = segment.begin(0, 0);
    }
    if (!error) {
        error = sync_directory(path.parent_path());
    }
    if (error) {
        // What a full disk left half made must not keep its room.
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        return error;
    }
    return segment;
}

error_code Segment::fill_with_zeros() {
    // Large writes: each one is synced where O_DSYNC is on.
    AlignedBuffer zeros;
    zeros.reserve(std::min<std::size_t>(header_.bytes, std::size_t{4} << 20));
    std::memset(zeros.data(), 0, zeros.capacity());
    for (std::uint64_t at = 0; at < header_.bytes; at += zeros.capacity()) {
        const auto size = std::min<std::uint64_t>(zeros.capacity(), header_.bytes - at);
        if (const auto error = file_.write_at({zeros.data(), size}, at)) {
            return error;
        }
    }
    return {};
}

result<Segment> Segment::open(const std::filesystem::path& path, const SegmentHeader& header) {
    auto opened = open_for_writing(path, 0);
    if (!opened) {
        return opened.error();
    }
    Segment segment;
    segment.path_ = path;
    segment.file_ = std::move(opened->file);
    segment.syncs_by_itself_ = opened->syncs_by_itself;
    segment.header_ = header;
    return segment;
}

result<std::optional<SegmentHeader>> Segment::read_header(const std::filesystem::path& path) {
    const auto file = File::open(path, O_RDONLY);
    if (!file) {
        return file.error();
    }
    char raw[header_fields_bytes + 8];
    const auto got = file->read_at(raw, sizeof(raw), 0);
    if (!got) {
        return got.error();
    }
    const std::string_view bytes(raw, *got);
    ByteReader in(bytes);
    const auto magic = in.take(segment_magic.size());
    SegmentHeader header;
    header.store = in.take_int<std::uint64_t>();
    header.epoch = in.take_int<std::uint64_t>();
    header.first_sequence = in.take_int<std::uint64_t>();
    header.bytes = in.take_int<std::uint64_t>();
    const auto check = in.take_int<std::uint64_t>();
    if (!in.ok() || magic != segment_magic ||
        check != checksum(bytes.substr(0, header_fields_bytes))) {
        return std::optional<SegmentHeader>{};
    }
    return std::optional<SegmentHeader>{header};
}

error_code Segment::begin(std::uint64_t epoch, std::uint64_t first_sequence) {
    auto header = header_;
    header.epoch = epoch;
    header.first_sequence = first_sequence;
    const auto encoded = encode_header(header);
    AlignedBuffer block;
    block.reserve(block_bytes);
    std::memset(block.data(), 0, block_bytes);
    std::memcpy(block.data(), encoded.data(), encoded.size());
    if (const auto error = write({block.data(), block_bytes}, 0)) {
        return error;
    }
    // A disk that took the write but gives back something else is found before it holds events.
    std::memset(block.data(), 0, block_bytes);
    const auto got = file_.read_at(block.data(), block_bytes, 0);
    if (!got) {
        return got.error();
    }
    if (std::string_view(block.data(), encoded.size()) != encoded) {
        return {EIO, boost::system::system_category()};
    }
    header_ = header;
    end_ = block_bytes;
    return {};
}

error_code Segment::append(const AlignedBuffer& record, std::size_t record_bytes) {
    BOOST_ASSERT(has_room_for(record_bytes) && record.capacity() >= padded(record_bytes));
    const auto error = write({record.data(), padded(record_bytes)}, end_);
    if (!error) {
        end_ += padded(record_bytes);
    }
    return error;
}

error_code Segment::write(std::string_view bytes, std::uint64_t offset) {
    if (const auto error = file_.write_at(bytes, offset)) {
        return error;
    }
    return syncs_by_itself_ ? error_code{} : file_.sync_data();
}

}  // namespace firn::journal

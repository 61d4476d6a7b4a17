// One journal file: a header block, then records, in space that was zeroed beforehand, since
// unwritten extents would cost a file-system commit at each write.
//
// Thread: one at a time. Errors: error_code of the operating system.
// A segment's epoch is given when it is begun; epoch 0 is a free one.
#pragma once

#include "storage/file.hpp"
#include "storage/journal/record.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace firn::journal {

// Memory that O_DIRECT accepts. Grows, never shrinks, keeps its contents.
class AlignedBuffer {
public:
    AlignedBuffer() = default;
    [[nodiscard]] char* data() noexcept { return bytes_.get(); }
    [[nodiscard]] const char* data() const noexcept { return bytes_.get(); }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    void reserve(std::size_t bytes);

private:
    struct Free {
        void operator()(char* bytes) const noexcept;
    };
    std::unique_ptr<char, Free> bytes_;
    std::size_t capacity_ = 0;
};

struct SegmentHeader {
    std::uint64_t store = 0;           // the store it belongs to
    std::uint64_t epoch = 0;           // 0: free
    std::uint64_t first_sequence = 0;  // records of earlier segments from here on do not count
    std::uint64_t bytes = 0;           // of the whole file
};

class Segment {
public:
    // A new free segment, zeroed and durable.
    static result<Segment> create(const std::filesystem::path& path, std::uint64_t store,
                                  std::uint64_t bytes);
    // An existing file; the caller read its header.
    static result<Segment> open(const std::filesystem::path& path, const SegmentHeader& header);
    // Empty: the header does not check.
    static result<std::optional<SegmentHeader>> read_header(const std::filesystem::path& path);

    // Starts it anew under another epoch; durable, and read back, when it returns.
    [[nodiscard]] error_code begin(std::uint64_t epoch, std::uint64_t first_sequence);
    // Writes a record, padded to a block, after the last one; durable when it returns.
    [[nodiscard]] error_code append(const AlignedBuffer& record, std::size_t record_bytes);

    [[nodiscard]] bool has_room_for(std::size_t record_bytes) const noexcept {
        return end_ + padded(record_bytes) <= header_.bytes;
    }
    [[nodiscard]] const SegmentHeader& header() const noexcept { return header_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    void renamed(std::filesystem::path path) { path_ = std::move(path); }

private:
    [[nodiscard]] error_code fill_with_zeros();
    [[nodiscard]] error_code write(std::string_view bytes, std::uint64_t offset);

    std::filesystem::path path_;
    File file_;
    SegmentHeader header_;
    std::uint64_t end_ = block_bytes;
    bool syncs_by_itself_ = false;  // O_DSYNC was accepted
};

}  // namespace firn::journal

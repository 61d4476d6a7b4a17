// What the disk does: groups of bytes written one after the other, each durable when append()
// returns, and nothing else.
// Thread: one. Errors: fail().
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

namespace firn::perf {

class RawFile {
public:
    enum class Way : std::uint8_t {
        growing,       // write, fdatasync; the file is longer each time
        preallocated,  // the same into a file of zeros, from its start again when it is full
        // Likewise by O_DIRECT|O_DSYNC, padded to blocks: as the journal writes. Without
        // O_DIRECT where the file system refuses it.
        direct,
    };

    // file_bytes: of zeros; a multiple of append_bytes_max.
    RawFile(std::filesystem::path path, Way way, std::uint64_t file_bytes = 64u << 20);
    ~RawFile();  // the file goes, too
    RawFile(const RawFile&) = delete;
    RawFile& operator=(const RawFile&) = delete;

    // At most append_bytes_max.
    void append(std::size_t bytes);
    static constexpr std::size_t append_bytes_max = 8u << 20;

private:
    void fill_with_zeros() const;

    std::filesystem::path path_;
    Way way_;
    std::uint64_t file_bytes_;
    int file_ = -1;
    std::uint64_t end_ = 0;
    struct Free {
        void operator()(char* bytes) const noexcept;
    };
    std::unique_ptr<char, Free> bytes_;
};

}  // namespace firn::perf

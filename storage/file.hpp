// A file descriptor with an owner, and the few durable operations that the store is made of.
// Thread: one at a time per File. Errors: error_code of the operating system, short reads and
// writes are finished or reported.
#pragma once

#include "storage/errors.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace firn {

class File {
public:
    File() noexcept = default;
    File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~File();

    // flags as open(2); new files are readable and writable by their owner only.
    [[nodiscard]] static result<File> open(const std::filesystem::path& path, int flags);

    [[nodiscard]] error_code write_at(std::string_view bytes, std::uint64_t offset) const noexcept;
    // Fewer bytes than asked for only at the end of the file.
    [[nodiscard]] result<std::size_t> read_at(char* into, std::size_t bytes,
                                              std::uint64_t offset) const noexcept;
    [[nodiscard]] error_code sync_data() const noexcept;
    [[nodiscard]] result<std::uint64_t> size() const noexcept;
    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }

private:
    int fd_ = -1;
};

// Makes creations, renames and removals in a directory durable.
[[nodiscard]] error_code sync_directory(const std::filesystem::path& directory) noexcept;

// Replaces a small file in one durable step (write aside, sync, rename, sync the directory).
[[nodiscard]] error_code write_small_file(const std::filesystem::path& path,
                                          std::string_view bytes);
[[nodiscard]] result<std::string> read_small_file(const std::filesystem::path& path);

// ENOSPC and EDQUOT are disk_full, everything else io_failed.
[[nodiscard]] storage_errc classify(const error_code& error) noexcept;

}  // namespace firn

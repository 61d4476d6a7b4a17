#include "perf/support/raw_file.hpp"

#include "perf/support/measure.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace firn::perf {

namespace {

constexpr std::size_t block_bytes = 4096;

constexpr std::size_t padded(std::size_t bytes) {
    return (bytes + block_bytes - 1) / block_bytes * block_bytes;
}

int open_for(const std::filesystem::path& path, int flags) {
    return ::open(path.c_str(), O_RDWR | O_CLOEXEC | flags, 0600);
}

}  // namespace

void RawFile::Free::operator()(char* bytes) const noexcept {
    std::free(bytes);
}

RawFile::RawFile(std::filesystem::path path, Way way, std::uint64_t file_bytes)
    : path_(std::move(path)),
      way_(way),
      file_bytes_(file_bytes),
      bytes_(static_cast<char*>(std::aligned_alloc(block_bytes, append_bytes_max))) {
    check(bytes_ != nullptr, "there is no memory for the raw file");
    std::memset(bytes_.get(), 'x', append_bytes_max);
    file_ = open_for(path_, O_CREAT | O_TRUNC);
    check(file_ >= 0, "cannot make the raw file");
    if (way == Way::growing) {
        return;
    }
    fill_with_zeros();
    if (way == Way::direct) {
        ::close(file_);
        file_ = open_for(path_, O_DIRECT | O_DSYNC);
        file_ = file_ >= 0 ? file_ : open_for(path_, O_DSYNC);
        check(file_ >= 0, "cannot open the raw file");
    }
}

RawFile::~RawFile() {
    ::close(file_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

// Unwritten extents would cost a commit of the file system's at each write.
void RawFile::fill_with_zeros() const {
    const std::string zeros(append_bytes_max, '\0');
    for (std::uint64_t at = 0; at < file_bytes_; at += zeros.size()) {
        check(::pwrite(file_, zeros.data(), zeros.size(), static_cast<off_t>(at)) ==
                  static_cast<ssize_t>(zeros.size()),
              "cannot fill the raw file");
    }
    check(::fsync(file_) == 0, "cannot sync the raw file");
}

void RawFile::append(std::size_t bytes) {
    const auto whole = way_ == Way::direct ? padded(bytes) : bytes;
    if (way_ != Way::growing && end_ + whole > file_bytes_) {
        end_ = 0;
    }
    check(::pwrite(file_, bytes_.get(), whole, static_cast<off_t>(end_)) ==
              static_cast<ssize_t>(whole),
          "a raw append failed");
    check(way_ == Way::direct || ::fdatasync(file_) == 0, "a raw sync failed");
    end_ += whole;
}

}  // namespace firn::perf

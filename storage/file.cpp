#include "storage/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace firn {

namespace {

error_code last_error() noexcept {
    return {errno, boost::system::system_category()};
}

}  // namespace

File::~File() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

result<File> File::open(const std::filesystem::path& path, int flags) {
    File file;
    do {
        file.fd_ = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    } while (file.fd_ < 0 && errno == EINTR);
    if (file.fd_ < 0) {
        return last_error();
    }
    return file;
}

error_code File::write_at(std::string_view bytes, std::uint64_t offset) const noexcept {
    while (!bytes.empty()) {
        const auto written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return last_error();
        }
        if (written == 0) {
            return {EIO, boost::system::system_category()};
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

result<std::size_t> File::read_at(char* into, std::size_t bytes,
                                  std::uint64_t offset) const noexcept {
    std::size_t done = 0;
    while (done < bytes) {
        const auto got = ::pread(fd_, into + done, bytes - done, static_cast<off_t>(offset + done));
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return last_error();
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

error_code File::sync_data() const noexcept {
    // EINTR aside, a failed sync is never tried again: the kernel may have dropped the pages.
    return ::fdatasync(fd_) == 0 ? error_code{} : last_error();
}

result<std::uint64_t> File::size() const noexcept {
    struct stat facts = {};
    if (::fstat(fd_, &facts) != 0) {
        return last_error();
    }
    return static_cast<std::uint64_t>(facts.st_size);
}

error_code sync_directory(const std::filesystem::path& directory) noexcept {
    try {
        const auto opened = File::open(directory, O_RDONLY | O_DIRECTORY);
        if (!opened) {
            return opened.error();
        }
        return ::fsync(opened->fd()) == 0 ? error_code{} : last_error();
    } catch (const std::bad_alloc&) {
        return {ENOMEM, boost::system::system_category()};
    }
}

error_code write_small_file(const std::filesystem::path& path, std::string_view bytes) {
    auto aside = path;
    aside += ".new";
    {
        const auto file = File::open(aside, O_WRONLY | O_CREAT | O_TRUNC);
        if (!file) {
            return file.error();
        }
        if (const auto error = file->write_at(bytes, 0)) {
            return error;
        }
        if (const auto error = file->sync_data()) {
            return error;
        }
    }
    if (::rename(aside.c_str(), path.c_str()) != 0) {
        return last_error();
    }
    return sync_directory(path.parent_path());
}

result<std::string> read_small_file(const std::filesystem::path& path) {
    const auto file = File::open(path, O_RDONLY);
    if (!file) {
        return file.error();
    }
    const auto size = file->size();
    if (!size) {
        return size.error();
    }
    std::string bytes(*size, '\0');
    const auto got = file->read_at(bytes.data(), bytes.size(), 0);
    if (!got) {
        return got.error();
    }
    bytes.resize(*got);
    return bytes;
}

storage_errc classify(const error_code& error) noexcept {
    if (error.category() == boost::system::system_category() &&
        (error.value() == ENOSPC || error.value() == EDQUOT)) {
        return storage_errc::disk_full;
    }
    return storage_errc::io_failed;
}

}  // namespace firn

#include "service/cli/export/export_file.hpp"

#include "service/cli/exit_code.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace firn::cli {

namespace {

CommandFailure failed(const std::string& path, const char* what, int error) {
    return {ExitCode::bad_input,
            path + " " + what + ": " + std::generic_category().message(error) + "."};
}

CommandFailure is_there(const std::string& path) {
    return {ExitCode::bad_input, path + " is there already; --force replaces it."};
}

}  // namespace

ExportFile::ExportFile(std::string path, bool replace)
    : path_(std::move(path)),
      part_(path_ + ".part." + std::to_string(::getpid())),
      replace_(replace) {
    check_free();
    descriptor_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
        throw failed(part_, "cannot be made", errno);
    }
}

ExportFile::~ExportFile() {
    ::close(descriptor_);
    if (!named_) {
        ::unlink(part_.c_str());
    }
}

void ExportFile::check_free() const {
    std::error_code error;
    const auto status = std::filesystem::status(path_, error);
    if (!std::filesystem::exists(status)) {
        return;
    }
    if (!std::filesystem::is_regular_file(status)) {
        throw CommandFailure(ExitCode::bad_input,
                             path_ + " is no file that could be replaced; write to it with >.");
    }
    if (!replace_) {
        throw is_there(path_);
    }
}

void ExportFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            throw failed(path_, "cannot be written", errno);
        }
    }
}

void ExportFile::finish() {
    if (::fsync(descriptor_) != 0) {
        throw failed(path_, "cannot be written", errno);
    }
    // Somebody may have made a file of that name meanwhile.
    auto flags = replace_ ? 0u : unsigned{RENAME_NOREPLACE};
    auto renamed = ::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, path_.c_str(), flags);
    if (renamed != 0 && flags != 0 && errno == EINVAL) {  // a file system that cannot promise it
        check_free();
        renamed = ::rename(part_.c_str(), path_.c_str());
    }
    if (renamed != 0) {
        throw errno == EEXIST ? is_there(path_) : failed(path_, "cannot be named", errno);
    }
    named_ = true;
    sync_directory();
}

void ExportFile::sync_directory() const {
    const auto parent = std::filesystem::path(path_).parent_path();
    const auto directory =
        ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // The file is whole either way; only its name could be lost with the power.
    if (directory >= 0) {
        static_cast<void>(::fsync(directory));
        ::close(directory);
    }
}

}  // namespace firn::cli

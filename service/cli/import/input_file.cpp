#include "service/cli/import/input_file.hpp"

#include "service/cli/exit_code.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace firn::cli {
namespace {

CommandFailure failed(const std::string& name, const std::string& what, int error) {
    return {ExitCode::bad_input,
            name + " " + what + ": " + std::generic_category().message(error) + "."};
}

}  // namespace

InputFile::InputFile(const std::string& path, StopSignals* stop)
    : name_(path == "-" ? "standard input" : path),
      descriptor_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)),
      stop_(stop) {
    if (descriptor_ < 0) {
        throw failed(name_, "cannot be opened", errno);
    }
    struct stat status {};
    if (::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)) {
        size_ = static_cast<std::uint64_t>(status.st_size);
    }
}

InputFile::~InputFile() {
    if (descriptor_ != STDIN_FILENO) {
        ::close(descriptor_);
    }
}

std::size_t InputFile::read(std::span<char> out) {
    if (stop_ != nullptr) {
        stop_->wait_readable(descriptor_);
    }
    ssize_t got = 0;
    do {
        got = ::read(descriptor_, out.data(), out.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        throw failed(name_, "cannot be read", errno);
    }
    offset_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
}

}  // namespace firn::cli

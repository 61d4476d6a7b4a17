#include "service/cli/import/input_text.hpp"

#include "service/cli/exit_code.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace firn::cli {
namespace {

constexpr std::size_t read_bytes = 256u << 10;

CommandFailure failed(const std::string& name, const std::string& what, int error) {
    return {ExitCode::bad_input,
            name + " " + what + ": " + std::generic_category().message(error) + "."};
}

}  // namespace

InputText::InputText(const std::string& path)
    : name_(path == "-" ? "standard input" : path),
      descriptor_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) {
        throw failed(name_, "cannot be opened", errno);
    }
    struct stat status {};
    if (::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)) {
        size_ = static_cast<std::uint64_t>(status.st_size);
    }
}

InputText::~InputText() {
    if (descriptor_ != STDIN_FILENO) {
        ::close(descriptor_);
    }
}

void InputText::fill() {
    buffer_.erase(0, used_);
    used_ = 0;
    const auto kept = buffer_.size();
    buffer_.resize(kept + read_bytes);
    ssize_t got = 0;
    do {
        got = ::read(descriptor_, buffer_.data() + kept, read_bytes);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        throw failed(name_, "cannot be read", errno);
    }
    buffer_.resize(kept + static_cast<std::size_t>(got));
    offset_ += static_cast<std::uint64_t>(got);
    at_end_ = got == 0;
}

void InputText::choose_decoder() {
    // A pipe may bring its first bytes one by one.
    while (!at_end_ && buffer_.size() < magic_bytes) {
        fill();
    }
    decoder_ = make_decoder_for(buffer_);
}

std::size_t InputText::read(std::span<char> out) {
    if (decoder_ == nullptr) {
        choose_decoder();
    }
    for (;;) {
        try {
            const auto rest = std::string_view(buffer_).substr(used_);
            // Also without input: a decoder may hold text that did not fit last time.
            const auto [consumed, produced] = decoder_->decode(rest, out);
            used_ += consumed;
            if (produced != 0) {
                return produced;
            }
            if (consumed != 0) {
                continue;
            }
        } catch (const DamagedEncoding& damage) {
            throw CommandFailure(ExitCode::bad_input, name_ + ": " + damage.what() + ".");
        }
        if (at_end_) {
            break;
        }
        fill();
    }
    if (!decoder_->may_end() || used_ != buffer_.size()) {
        throw CommandFailure(ExitCode::bad_input,
                             name_ + ": the " + std::string(decoder_->format()) +
                                 " archive ends in the middle; it is not complete.");
    }
    return 0;
}

}  // namespace firn::cli

// The bytes of a file or of standard input.
// Thread: one; it blocks.
// Errors: CommandFailure (bad_input) naming the input: it cannot be opened or read. Stopped.
#pragma once

#include "service/cli/stop_signals.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace firn::cli {

class InputFile {
public:
    // "-": standard input.
    explicit InputFile(const std::string& path, StopSignals* stop = nullptr);
    ~InputFile();
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;

    // At least one byte, or 0 at the end.
    [[nodiscard]] std::size_t read(std::span<char> out);

    // How far it is read, and its size if it has one.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    std::string name_;
    int descriptor_;
    StopSignals* const stop_;
    std::optional<std::uint64_t> size_;
    std::uint64_t offset_ = 0;
};

}  // namespace firn::cli

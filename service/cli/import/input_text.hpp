// The text of a file or of standard input, taken out of a .zst or .gz archive if it is in one.
// Thread: read() from one; offset() from any.
// Errors: CommandFailure (bad_input) naming the input: it cannot be opened or read, is damaged, or
// ends in the middle of an archive.
#pragma once

#include "service/encoding/decoder.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace firn::cli {

class InputText {
public:
    // "-": standard input.
    explicit InputText(const std::string& path);
    ~InputText();
    InputText(const InputText&) = delete;
    InputText& operator=(const InputText&) = delete;

    // At least one byte of text, or 0 at the end.
    [[nodiscard]] std::size_t read(std::span<char> out);

    // How far the file is read, in its own (compressed) bytes, and its size if it has one.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_.load(); }
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    void fill();
    void choose_decoder();

    std::string name_;
    int descriptor_;
    std::optional<std::uint64_t> size_;
    std::atomic<std::uint64_t> offset_{0};
    std::string buffer_;
    std::size_t used_ = 0;  // of buffer_
    bool at_end_ = false;   // of the file
    std::unique_ptr<Decoder> decoder_;
};

}  // namespace firn::cli

// The text of a file or of standard input, taken out of a .zst or .gz archive if it is in one.
// Thread: one; it blocks.
// Errors: as InputFile; CommandFailure (bad_input) naming the input also if it is damaged, or ends
// in the middle of an archive.
#pragma once

#include "service/cli/import/input_file.hpp"
#include "service/encoding/decoder.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace firn::cli {

class InputText {
public:
    // "-": standard input.
    explicit InputText(const std::string& path, StopSignals* stop = nullptr) : file_(path, stop) {}

    // At least one byte of text, or 0 at the end.
    [[nodiscard]] std::size_t read(std::span<char> out);

    // How far the file is read, in its own (compressed) bytes, and its size if it has one.
    [[nodiscard]] std::uint64_t offset() const noexcept { return file_.offset(); }
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return file_.size(); }
    [[nodiscard]] const std::string& name() const noexcept { return file_.name(); }

private:
    void fill();
    void choose_decoder();

    InputFile file_;
    std::string buffer_;
    std::size_t used_ = 0;  // of buffer_
    bool at_end_ = false;   // of the file
    std::unique_ptr<Decoder> decoder_;
};

}  // namespace firn::cli

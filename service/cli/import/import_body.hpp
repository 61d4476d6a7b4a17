// What an import sends: the bytes of a file as they are, or its lines made into an export's.
// Thread: one; next() blocks.
// Errors: CommandFailure (bad_input) naming the input, and the line if it is one's; what was given
// before is good. Stopped.
#pragma once

#include "service/cli/import/import_line.hpp"
#include "service/cli/import/input_file.hpp"
#include "service/cli/import/line_reader.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace firn::cli {

class ImportBody {
public:
    virtual ~ImportBody() = default;
    // Some of it, valid until the next call; empty at the end.
    [[nodiscard]] virtual std::string_view next() = 0;
    // A Content-Encoding; empty: none.
    [[nodiscard]] virtual std::string_view encoding() const = 0;
    [[nodiscard]] virtual const std::string& input_name() const = 0;
    [[nodiscard]] virtual std::uint64_t input_offset() const = 0;
    [[nodiscard]] virtual std::optional<std::uint64_t> input_size() const = 0;
};

// A file that is in the form of an export, compressed or not: the server understands both.
class ExportedBody final : public ImportBody {
public:
    explicit ExportedBody(const std::string& path, StopSignals* stop);

    std::string_view next() override;
    std::string_view encoding() const override { return encoding_; }
    const std::string& input_name() const override { return file_.name(); }
    std::uint64_t input_offset() const override { return file_.offset(); }
    std::optional<std::uint64_t> input_size() const override { return file_.size(); }

private:
    std::size_t fill(std::size_t from);

    InputFile file_;
    std::string piece_;
    std::size_t begun_ = 0;  // bytes that were read to know the encoding
    std::string_view encoding_;
};

// Lines of any form. The k-th event of a stream states version k: so the import can be repeated,
// whoever made the file. A line stays on the line where it was, which the server may name.
class ForeignBody final : public ImportBody {
public:
    struct Form {
        std::string category;
        ImportFields fields;
        // Told once, if lines hold members that no one takes.
        std::function<void(std::string_view)> warn = [](std::string_view) {};
    };

    ForeignBody(const std::string& path, Form form, StopSignals* stop);

    std::string_view next() override;
    std::string_view encoding() const override { return {}; }
    const std::string& input_name() const override { return text_.name(); }
    std::uint64_t input_offset() const override { return text_.offset(); }
    std::optional<std::uint64_t> input_size() const override { return text_.size(); }

    [[nodiscard]] std::size_t streams() const noexcept { return versions_.size(); }

private:
    void append(const Line& line);

    const Form form_;
    InputText text_;
    LineReader lines_;
    std::string piece_;
    std::uint64_t written_ = 0;  // lines
    bool warned_ = false;
    std::exception_ptr failure_;  // of a line, told once those before it were given
    std::unordered_map<std::string, std::uint64_t> versions_;
};

}  // namespace firn::cli

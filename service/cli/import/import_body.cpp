#include "service/cli/import/import_body.hpp"

#include "service/cli/exit_code.hpp"
#include "service/http/json_text.hpp"

#include <exception>
#include <span>
#include <utility>

namespace firn::cli {

namespace {

constexpr std::size_t piece_bytes = 128u << 10;

}  // namespace

ExportedBody::ExportedBody(const std::string& path, StopSignals* stop) : file_(path, stop) {
    piece_.resize(piece_bytes);
    // A pipe may bring its first bytes one by one.
    while (begun_ < magic_bytes) {
        const auto got = fill(begun_);
        begun_ += got;
        if (got == 0) {
            break;
        }
    }
    const auto format = make_decoder_for({piece_.data(), begun_})->format();
    encoding_ = format == "plain" ? std::string_view{} : format;
}

std::size_t ExportedBody::fill(std::size_t from) {
    return file_.read(std::span(piece_).subspan(from));
}

std::string_view ExportedBody::next() {
    const auto size = begun_ != 0 ? std::exchange(begun_, 0) : fill(0);
    return {piece_.data(), size};
}

ForeignBody::ForeignBody(const std::string& path, Form form, StopSignals* stop)
    : form_(std::move(form)), text_(path, stop), lines_(text_) {}

void ForeignBody::append(const Line& line) {
    const auto where = [&] {
        return text_.name() + ", line " + std::to_string(line.number) + ": ";
    };
    ImportEvent event;
    try {
        event = parse_import_line(line.text, form_.fields);
    } catch (const CommandFailure& failure) {
        throw CommandFailure(failure.code(), where() + failure.what() + ".");
    }
    if (!event.left_out.empty() && !std::exchange(warned_, true)) {
        form_.warn(where() + "the event is its member \"data\"; \"" + event.left_out +
                   "\" and other members beside it are left out");
    }
    piece_.append(line.number - written_ - 1, '\n');  // blank lines
    written_ = line.number;
    piece_.append("{\"stream\":{\"category\":\"").append(form_.category).append("\",\"id\":");
    append_json_string(piece_, event.stream);
    piece_.append("},\"version\":").append(std::to_string(++versions_[event.stream]));
    piece_.append(",").append(event.members).append("}\n");
}

std::string_view ForeignBody::next() {
    piece_.clear();
    if (failure_) {
        std::rethrow_exception(failure_);
    }
    try {
        while (piece_.size() < piece_bytes) {
            const auto line = lines_.next();
            if (!line) {
                break;
            }
            append(*line);
        }
    } catch (const CommandFailure&) {
        if (piece_.empty()) {
            throw;
        }
        failure_ = std::current_exception();
    }
    return piece_;
}

}  // namespace firn::cli

#include "service/cli/import/input_text.hpp"

#include "service/cli/exit_code.hpp"

namespace firn::cli {
namespace {

constexpr std::size_t read_bytes = 256u << 10;

}  // namespace

void InputText::fill() {
    buffer_.erase(0, used_);
    used_ = 0;
    const auto kept = buffer_.size();
    buffer_.resize(kept + read_bytes);
    const auto got = file_.read(std::span(buffer_).subspan(kept));
    buffer_.resize(kept + got);
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
            throw CommandFailure(ExitCode::bad_input, name() + ": " + damage.what() + ".");
        }
        if (at_end_) {
            break;
        }
        fill();
    }
    if (!decoder_->may_end() || used_ != buffer_.size()) {
        throw CommandFailure(ExitCode::bad_input,
                             name() + ": the " + std::string(decoder_->format()) +
                                 " archive ends in the middle; it is not complete.");
    }
    return 0;
}

}  // namespace firn::cli

#include "service/cli/export/event_count.hpp"

#include "service/cli/exit_code.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace firn::cli {

void EventCount::add(std::string_view bytes) {
    bytes_ += bytes.size();
    std::array<char, 32768> text;
    try {
        for (;;) {
            // Also without input: a decoder may hold text that did not fit last time.
            const auto [consumed, produced] = decoder_->decode(bytes, text);
            bytes.remove_prefix(consumed);
            if (produced != 0) {
                const auto end = text.begin() + static_cast<std::ptrdiff_t>(produced);
                events_ += static_cast<std::uint64_t>(std::count(text.begin(), end, '\n'));
                in_line_ = text[produced - 1] != '\n';
            } else if (consumed == 0) {
                return;
            }
        }
    } catch (const DamagedEncoding& damage) {
        throw CommandFailure(ExitCode::refused, "What the server sends is damaged: " +
                                                    std::string(damage.what()) + ".");
    }
}

void EventCount::finish() const {
    if (in_line_ || !decoder_->may_end()) {
        throw CommandFailure(ExitCode::refused, "What the server sent ends in the middle.");
    }
}

}  // namespace firn::cli

#include "service/cli/import/import_progress.hpp"

#include "service/cli/progress_bar.hpp"
#include "service/cli/quantity.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

namespace firn::cli {
namespace {

// Of the input, by bytes: the server takes them no faster than it stores their events. None if the
// input's size is not known.
std::optional<double> fraction_done(const ImportCounters& counters) {
    const auto size = counters.input_size.load();
    if (size == 0) {
        return std::nullopt;
    }
    const auto fraction =
        static_cast<double>(counters.input_offset.load()) / static_cast<double>(size);
    return std::clamp(fraction, 0.0, 1.0);
}

std::string minutes_and_seconds(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::lround(seconds));
    const auto rest = std::to_string(whole % 60);
    return std::to_string(whole / 60) + (rest.size() == 1 ? ":0" : ":") + rest;
}

}  // namespace

std::string progress_line(const ImportCounters& counters, std::chrono::duration<double> elapsed,
                          std::size_t columns) {
    const auto done = counters.appended + counters.skipped;
    const auto seconds = std::max(elapsed.count(), 0.001);
    auto line = show_count(done) + " events";
    if (counters.skipped != 0) {
        line += " (" + show_count(counters.skipped) + " there already)";
    }
    line +=
        ", " + show_count(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)) + "/s";
    if (const auto fraction = fraction_done(counters)) {
        char percent[8];
        std::snprintf(percent, sizeof percent, "%3.0f %%", std::floor(*fraction * 100));
        // Before that, the estimate jumps about.
        if (*fraction > 0.02 && done != 0) {
            line += ", " + minutes_and_seconds(seconds / *fraction - seconds) + " left";
        }
        line = bar_before(*fraction, percent + (" " + line), columns);
    }
    return fit_to(std::move(line), columns);
}

}  // namespace firn::cli

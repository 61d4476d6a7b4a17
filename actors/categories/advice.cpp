#include "actors/categories/advice.hpp"

#include <algorithm>
#include <cmath>

namespace firn {

namespace {

constexpr double every_least = 10;
constexpr double every_most = 10'000;

// Fewer say more about the first call of each than about the cost of many.
constexpr std::uint64_t folded_least = 1'000;
constexpr std::uint64_t appended_least = 1'000;
constexpr std::uint64_t loads_least = 10;

// To 1, 2 or 5 times a power of ten: the optimum is flat, and nobody wants to read 1,387.
std::uint32_t rounded(double every) {
    const auto decade = std::pow(10, std::floor(std::log10(every)));
    const auto lead = every / decade;
    const auto nice = lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10;
    return static_cast<std::uint32_t>(nice * decade);
}

std::string microseconds(double ns) {
    const auto tenths = static_cast<std::uint64_t>(std::llround(ns / 100));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " us";
}

}  // namespace

Advice advise(const MeasuredCosts& costs, std::uint32_t default_every) {
    Advice advice;
    advice.recommended_every = default_every;
    if (costs.events_folded < folded_least || costs.fold_ns <= 0) {
        advice.reason = "Only " + std::to_string(costs.events_folded) +
                        " events were folded here since the server started, too few to tell what "
                        "one costs, so the default stands.";
        return advice;
    }
    const auto restore = costs.snapshots_restored != 0 ? costs.restore_ns : costs.make_ns;
    advice.pays_from_events =
        static_cast<std::uint64_t>(std::max(1.0, std::ceil(restore / costs.fold_ns)));
    advice.reason = "Folding an event takes " + microseconds(costs.fold_ns) +
                    ", restoring a snapshot " + microseconds(restore) +
                    ": one pays for a load that it saves " +
                    std::to_string(*advice.pays_from_events) +
                    (*advice.pays_from_events == 1 ? " event. " : " events. ");
    if (costs.appended < appended_least || costs.loads < loads_least) {
        advice.reason +=
            "Too little was appended and loaded since the server started to weigh "
            "one against the other, so the default stands.";
        return advice;
    }
    const auto loads = static_cast<double>(costs.loads) / static_cast<double>(costs.appended);
    const auto best = std::sqrt(2 * costs.make_ns / (loads * costs.fold_ns));
    advice.recommended_every = rounded(std::clamp(
        std::max(best, static_cast<double>(*advice.pays_from_events)), every_least, every_most));
    advice.reason += "Making one takes " + microseconds(costs.make_ns) + ", and there were " +
                     std::to_string(costs.loads) + " loads to " + std::to_string(costs.appended) +
                     " events appended: one every " + std::to_string(advice.recommended_every) +
                     " events costs least.";
    return advice;
}

}  // namespace firn

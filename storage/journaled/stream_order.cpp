#include "storage/journaled/stream_order.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

namespace firn {

namespace {

constexpr unsigned digit_bits = 11;
constexpr std::size_t digit_values = std::size_t{1} << digit_bits;

// One pass of a radix sort, from the least digit on: stable, so that passes add up.
void sort_by_digit(std::span<const WantedEvent> from, std::span<WantedEvent> to,
                   StreamNumber lowest, unsigned shift) {
    const auto digit = [&](const WantedEvent& event) {
        return (event.stream.since(lowest) >> shift) % digit_values;
    };
    std::array<std::uint32_t, digit_values> begins{};
    for (const auto& event : from) {
        ++begins[digit(event)];
    }
    std::uint32_t sum = 0;
    for (auto& begin : begins) {
        sum += std::exchange(begin, sum);
    }
    for (const auto& event : from) {
        to[begins[digit(event)]++] = event;
    }
}

}  // namespace

void sort_by_stream(std::vector<WantedEvent>& events, std::vector<WantedEvent>& scratch) {
    // Comparing is quicker while there are fewer events than counters.
    if (events.size() < digit_values) {
        std::ranges::sort(events, {}, [](const WantedEvent& event) {
            return std::pair(event.stream, event.slot);
        });
        return;
    }
    const auto [least, greatest] = std::ranges::minmax(events, {}, &WantedEvent::stream);
    const auto lowest = least.stream;
    const auto bits = static_cast<unsigned>(std::bit_width(greatest.stream.since(lowest)));
    scratch.resize(events.size());
    for (unsigned shift = 0; shift < bits; shift += digit_bits) {
        sort_by_digit(events, scratch, lowest, shift);
        events.swap(scratch);
    }
}

}  // namespace firn

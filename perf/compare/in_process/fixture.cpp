#include "perf/compare/in_process/fixture.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firn::perf {

namespace {

constexpr std::size_t event_bytes = 230;
constexpr std::uint64_t filler_length = 1'000;
// Text that does not compress to nothing: a word in three is a number.
constexpr std::string_view note_text =
    "Qx7 lantern moss harbour 4f81 violet 93 tundra kelp 0c5 ember fjord 77a1 slate quill e2 "
    "marrow 518 thistle b6d9 copper wren 31 gable 8ac hollow 2f4 birch 6e07 saffron drift 99b "
    "anvil 1d3 plume 40fa cobalt reed 85c mantle 7b2 ochre 63d1";

std::uint64_t start_of(const Fixture::Stream& stream, std::uint64_t seed) {
    for (const unsigned char byte : stream.name.id) {
        seed = seed * 31 + byte;
    }
    return seed;
}

// splitmix64: https://prng.di.unimi.it/splitmix64.c
std::uint64_t next_amount(std::uint64_t& random) {
    random += 0x9e37'79b9'7f4a'7c15;
    auto z = random;
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
    return 1 + (z ^ (z >> 31)) % 100;
}

}  // namespace

Fixture::Fixture(std::uint64_t seed, std::vector<std::uint64_t> lengths, std::uint64_t filler)
    : seed_(seed) {
    std::ranges::sort(lengths, std::greater{});
    for (const auto length : lengths) {
        streams_.push_back(of_length(length));
    }
    for (std::uint64_t i = 0; i < filler / filler_length; ++i) {
        streams_.push_back({{"counter", fmt::format("filler-{}", i)}, filler_length});
    }
}

Fixture::Stream Fixture::of_length(std::uint64_t length) const {
    return {{"counter", fmt::format("length-{}", length)}, length};
}

Tally::State Fixture::state_of(const Stream& stream) const {
    auto random = start_of(stream, seed_);
    Tally::State state;
    for (; state.count < stream.length; ++state.count) {
        state.total += next_amount(random);
    }
    return state;
}

Tally::State Fixture::sum() const {
    Tally::State sum;
    for (const auto& stream : streams_) {
        const auto state = state_of(stream);
        sum.count += state.count;
        sum.total += state.total;
    }
    return sum;
}

Fixture::Events::Events(const Stream& stream, std::uint64_t seed)
    : random_(start_of(stream, seed)) {}

std::string Fixture::Events::next() {
    const auto amount = next_amount(random_);
    ++state_.count;
    state_.total += amount;
    auto json = fmt::format(R"({{"number":{},"amount":{},"total":{},"note":")", state_.count,
                            amount, state_.total);
    json += note_text.substr(0, event_bytes - json.size() - 2);
    return json + R"("})";
}

}  // namespace firn::perf

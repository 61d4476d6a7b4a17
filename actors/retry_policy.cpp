#include "actors/retry_policy.hpp"

#include <cmath>
#include <random>
#include <stdexcept>

namespace firn {

namespace {

void require(bool holds, const char* message) {
    if (!holds) {
        throw std::invalid_argument(message);
    }
}

std::uint64_t fresh_seed() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

}  // namespace

void RetryPolicy::validate() const {
    require(attempts > 0, "attempts must be positive");
    require(first_backoff.count() >= 0, "first_backoff must not be negative");
    // The comparisons are false for what is not a number, too.
    require(multiplier >= 1 && std::isfinite(multiplier), "multiplier must be 1 or more");
    require(longest_backoff >= first_backoff,
            "longest_backoff must not be shorter than first_backoff");
    require(longest_backoff <= std::chrono::hours{24}, "longest_backoff must be at most a day");
    require(jitter >= 0 && jitter <= 1, "jitter must be from 0 to 1");
}

std::chrono::microseconds backoff_after(const RetryPolicy& policy, std::uint32_t conflicts,
                                        std::uint64_t chance) {
    const auto longest = static_cast<double>(policy.longest_backoff.count());
    auto wait = static_cast<double>(policy.first_backoff.count());
    // Not past the longest, so that it stays finite.
    for (std::uint32_t i = 1; i < conflicts && wait > 0 && wait < longest; ++i) {
        wait *= policy.multiplier;
    }
    wait = std::fmin(wait, longest);
    // 53 bits are what a double holds: from 0 to just below 1.
    const double share = static_cast<double>(chance >> 11) * 0x1p-53;
    wait *= 1 - policy.jitter * share;
    return std::chrono::microseconds{static_cast<std::int64_t>(wait)};
}

std::chrono::microseconds Backoff::next() {
    ++conflicts_;
    return backoff_after(policy_, conflicts_, next_chance());
}

// SplitMix64 (Steele, Lea and Flood): a word of state, and neighbouring seeds have nothing in
// common.
std::uint64_t Backoff::next_chance() {
    if (!state_) {
        state_ = policy_.seed ? *policy_.seed : fresh_seed();
    }
    *state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = *state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

}  // namespace firn

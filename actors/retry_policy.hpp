// How often a decision in conflict is made anew, and how long it waits before.
//
// The waits grow from one conflict to the next, and chance spreads them, so that those who met do
// not meet again. A commit takes well under a millisecond where syncs are fast, and some where
// they are not: the defaults begin there.
// Thread: plain values. Errors: validate() throws std::invalid_argument, naming the field.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace firn {

struct RetryPolicy {
    std::uint32_t attempts = 10;  // in all; 1: none is repeated
    std::chrono::microseconds first_backoff{1'000};
    double multiplier = 2;  // from one wait to the next
    std::chrono::microseconds longest_backoff{250'000};
    // The share of a wait that is left to chance. 1: anything from nothing to the whole.
    double jitter = 1;
    // Repeats the waits, for tests. Commands with the same one wait alike, which chance is to
    // avoid.
    std::optional<std::uint64_t> seed = {};

    // Throws std::invalid_argument: "attempts must be positive".
    void validate() const;
};

// The wait after this many conflicts, one or more; `chance` is any number, all being as likely.
[[nodiscard]] std::chrono::microseconds backoff_after(const RetryPolicy& policy,
                                                      std::uint32_t conflicts,
                                                      std::uint64_t chance);

// The waits of one command, one after the other.
class Backoff {
public:
    explicit Backoff(const RetryPolicy& policy) : policy_(policy) {}

    [[nodiscard]] std::chrono::microseconds next();

private:
    [[nodiscard]] std::uint64_t next_chance();

    RetryPolicy policy_;
    std::uint32_t conflicts_ = 0;
    // None before the first conflict: most commands meet none.
    std::optional<std::uint64_t> state_;
};

}  // namespace firn

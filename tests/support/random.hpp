// Random numbers for tests, the same on every machine for the same seed.
// The seed is printed; FIRN_TEST_SEED repeats a run.
// Thread: one at a time. Errors: none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace firn::test {

class Random {
public:
    explicit Random(std::uint64_t seed) : seed_(seed), engine_(seed) {}

    // A new seed each run, unless FIRN_TEST_SEED states one.
    static Random announced(const char* purpose) {
        const char* stated = std::getenv("FIRN_TEST_SEED");
        const std::uint64_t seed =
            stated ? std::strtoull(stated, nullptr, 10) : std::uint64_t{std::random_device{}()};
        std::cout << purpose << ": FIRN_TEST_SEED=" << seed << std::endl;
        return Random(seed);
    }

    [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
    std::uint64_t next() { return engine_(); }
    // 0 … bound - 1. The standard distributions differ between libraries; the bias of a remainder
    // does not matter here.
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
    std::uint64_t between(std::uint64_t low, std::uint64_t high) {
        return low + below(high - low + 1);
    }
    bool percent(unsigned chance) { return below(100) < chance; }

    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[below(from.size())];
    }

    std::string bytes(std::size_t size) {
        std::string out(size, '\0');
        for (auto& c : out) {
            c = static_cast<char>(below(256));
        }
        return out;
    }

private:
    std::uint64_t seed_;
    std::mt19937_64 engine_;
};

}  // namespace firn::test

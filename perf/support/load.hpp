// Events for a store that is measured: 200 bytes each, of streams at random, the same every time.
// Thread: plain value. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace firn::perf {

inline std::string data_of(std::mt19937_64& random) {
    // A JSON object that makes the encoded event about 200 bytes; varied, so that nothing
    // compresses better than real data would.
    return fmt::format(
        R"({{"commit":"{:016x}","at":"2026-11-23T10:{:02}:{:02}Z","author":"author-{:04}","added":{:3},"deleted":{:3},"path":"src/module-{:05}/a-file-of-some-length.cpp","seq":0}})",
        random(), random() % 60, random() % 60, random() % 1000, random() % 900, random() % 900,
        random() % 99999);
}

class Load {
public:
    explicit Load(std::size_t streams) : versions_(streams) {}

    std::vector<Transaction> group(std::size_t size) {
        std::vector<Transaction> transactions(size);
        for (auto& transaction : transactions) {
            const auto stream = random_() % versions_.size();
            auto events = std::make_shared<EncodedEvents>();
            const auto data = data_of(random_);
            NewEvent event{.type = "LinesChanged", .data = data};
            const std::array<std::uint64_t, 2> id{random_(), random_()};
            std::memcpy(event.id.data(), id.data(), 16);
            events->add(event);
            bytes_ += events->bytes().size();
            transaction.writes.push_back({.stream = {"perf", std::to_string(stream)},
                                          .expected = Expected::exactly(Version{versions_[stream]}),
                                          .events = std::move(events)});
            ++versions_[stream];
        }
        return transactions;
    }
    [[nodiscard]] const std::vector<std::uint64_t>& versions() const { return versions_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

private:
    std::mt19937_64 random_{42};
    std::vector<std::uint64_t> versions_;
    std::uint64_t bytes_ = 0;
};

}  // namespace firn::perf

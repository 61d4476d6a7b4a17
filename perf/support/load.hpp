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

// The same with a note that fills it up to so many bytes, all told; at least 200.
inline std::string data_of(std::mt19937_64& random, std::size_t bytes) {
    auto data = data_of(random);
    data.back() = ',';
    data += R"("note":")";
    while (data.size() + 2 < bytes) {
        data += fmt::format("{:016x}", random()).substr(0, bytes - 2 - data.size());
    }
    return data + R"("})";
}

// An event as it is before Firn's own encoding.
struct PlainEvent {
    std::size_t stream = 0;     // from 0
    std::uint64_t version = 0;  // from 1
    std::string data;
};

class Load {
public:
    // data_bytes: of an event's JSON; 0: about 165.
    explicit Load(std::size_t streams, std::size_t data_bytes = 0)
        : versions_(streams), data_bytes_(data_bytes) {}

    std::vector<Transaction> group(std::size_t size) {
        std::vector<Transaction> transactions(size);
        for (auto& transaction : transactions) {
            const auto plain = next();
            auto events = std::make_shared<EncodedEvents>();
            NewEvent event{.type = "LinesChanged", .data = plain.data};
            const std::array<std::uint64_t, 2> id{random_(), random_()};
            std::memcpy(event.id.data(), id.data(), 16);
            events->add(event);
            bytes_ += events->bytes().size();
            transaction.writes.push_back({.stream = {"perf", std::to_string(plain.stream)},
                                          .expected = Expected::exactly(Version{plain.version - 1}),
                                          .events = std::move(events)});
        }
        return transactions;
    }
    std::vector<PlainEvent> plain_group(std::size_t size) {
        std::vector<PlainEvent> events(size);
        for (auto& event : events) {
            event = next();
        }
        return events;
    }
    [[nodiscard]] const std::vector<std::uint64_t>& versions() const { return versions_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

private:
    PlainEvent next() {
        const auto stream = random_() % versions_.size();
        return {stream, ++versions_[stream],
                data_bytes_ == 0 ? data_of(random_) : data_of(random_, data_bytes_)};
    }

    std::mt19937_64 random_{42};
    std::vector<std::uint64_t> versions_;
    std::size_t data_bytes_;
    std::uint64_t bytes_ = 0;
};

}  // namespace firn::perf

// The keys that a writer touched while its file is being copied: what the copy looks at again.
//
// A key counts once the transaction that touched it has ended, so that whoever takes it finds what
// was written. Keys of transactions that were given up are noted too where that cannot be told;
// looking again does no harm.
// Thread: note(), publish() and discard() by the one writer; the rest from any.
// Errors: too many keys for the bound, or no memory for one: is_complete() says so from then on.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace firn::lmdb {

enum class Table : std::uint8_t;

struct TouchedKey {
    Table table;
    std::string key;
    friend auto operator<=>(const TouchedKey&, const TouchedKey&) = default;
};

class TouchedKeys {
public:
    explicit TouchedKeys(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    void note(Table table, std::string_view key) noexcept;
    void publish() noexcept;
    void discard() noexcept;

    // All that was published since; in no order, some more than once.
    [[nodiscard]] std::vector<TouchedKey> take();
    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] bool is_complete() const;
    // Nobody asks any more.
    void end() noexcept;

private:
    const std::size_t bytes_max_;
    std::vector<TouchedKey> current_;  // the writer's
    std::size_t current_bytes_ = 0;
    std::atomic<bool> ended_{false};

    mutable std::mutex mutex_;  // guards what follows
    std::vector<TouchedKey> published_;
    std::size_t bytes_ = 0;
    bool complete_ = true;
};

}  // namespace firn::lmdb

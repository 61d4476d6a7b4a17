// Counts an export's events, a line each, also where the lines are compressed.
// Thread: add() from one; count() and bytes() from any.
// Errors: CommandFailure (refused) if the bytes are not what they should be.
#pragma once

#include "service/encoding/content_encoding.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

namespace firn::cli {

class EventCount {
public:
    explicit EventCount(ContentEncoding encoding) : decoder_(make_decoder(encoding)) {}

    void add(std::string_view bytes);
    // Throws where the text ends in the middle of a line or an archive.
    void finish() const;

    [[nodiscard]] std::uint64_t count() const noexcept { return events_.load(); }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_.load(); }

private:
    const std::unique_ptr<Decoder> decoder_;
    std::atomic<std::uint64_t> events_{0};
    std::atomic<std::uint64_t> bytes_{0};
    bool in_line_ = false;
};

}  // namespace firn::cli

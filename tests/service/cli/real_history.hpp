// The history of a public repository, and what any correct fold of it must arrive at.
// Thread: one. Errors: failed checks; a test program that includes this exits with 77, skipped,
// where the files are missing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace firn::cli {

inline constexpr std::uint64_t events_in_all = 129'657;
inline constexpr std::size_t streams_in_all = 10'048;

[[nodiscard]] std::filesystem::path real_history();

struct Truth {
    std::uint64_t changes = 0;
    std::uint64_t added = 0;
    std::uint64_t deleted = 0;
    std::string lines;  // may be negative, so it stays text
    std::uint64_t authors = 0;
    std::string last_commit;
};

// By the stream's id.
[[nodiscard]] std::map<std::string, Truth> read_truth();

// Whether the state of a FileHistory, as JSON, is the one that the truth gives.
[[nodiscard]] bool agrees(std::string_view state, const Truth& truth);

}  // namespace firn::cli

// The history of a public repository, and what any correct fold of it must arrive at. A build with
// FIRN_REAL_SAMPLE = n takes every n-th stream of it, and the longest: sanitizers take their time.
// Thread: one. Errors: failed checks; a test program that includes this exits with 77, skipped,
// where the files are missing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace firn::cli {

// Of the whole history, which is held against the files.
inline constexpr std::uint64_t events_in_all = 129'657;
inline constexpr std::size_t streams_in_all = 10'048;

inline constexpr const char* longest_stream = "src/version.c";

struct Truth {
    std::uint64_t changes = 0;
    std::uint64_t added = 0;
    std::uint64_t deleted = 0;
    std::string lines;  // may be negative, so it stays text
    std::uint64_t authors = 0;
    std::string last_commit;
};

struct RealHistory {
    std::filesystem::path file;          // one event a line; may be compressed
    std::map<std::string, Truth> truth;  // by the stream's id
    std::uint64_t events = 0;
    std::size_t streams = 0;
};

// Made once in a program.
[[nodiscard]] const RealHistory& real_history();

// Whether the state of a FileHistory, as JSON, is the one that the truth gives.
[[nodiscard]] bool agrees(std::string_view state, const Truth& truth);

}  // namespace firn::cli

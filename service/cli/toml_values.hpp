// A TOML file as a flat list of keys and values; the only place that knows toml++.
// Thread: plain functions. Errors: CommandFailure (usage) naming the file and the line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace firn::cli {

struct TomlValue {
    std::string key;   // "commit.waiting_max"
    std::string text;  // as a flag would state it; an array's items separated by commas
    std::uint32_t line = 0;
};

// In the order of their lines.
[[nodiscard]] std::vector<TomlValue> read_toml(const std::filesystem::path& file);

}  // namespace firn::cli

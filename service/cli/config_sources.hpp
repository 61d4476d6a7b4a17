// Puts a configuration together: flags over FIRN_… variables over the TOML file over defaults.
// Thread: plain functions; variables are read through `environment`, so tests bring their own.
// Errors: CommandFailure (usage) whose sentence begins with where the bad value came from.
#pragma once

#include "service/config.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace firn::cli {

// A value given on the command line, with the flag to blame: {"listen", "[::]:80", "--listen"}.
struct FlagValue {
    std::string setting;
    std::string text;
    std::string flag;
};

// Null: not set.
using Environment = std::function<const char*(const char* name)>;

// `file`: none if the user named none. FIRN_CONFIG is looked at by the caller.
[[nodiscard]] ProgramConfig load_config(const std::optional<std::filesystem::path>& file,
                                        const Environment& environment,
                                        const std::vector<FlagValue>& flags);

}  // namespace firn::cli

// What `firn categories set` puts in place of a category's settings.
//
// PUT replaces everything: what was set and is not to change is put again, so that it stays, and
// what was left to the server's defaults is left to them again.
// Thread: plain functions. Errors: none; what the server refuses, it says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn::cli {

struct SettingsChange {
    std::string decider;  // as JSON; empty: the one that is declared
    std::optional<std::uint32_t> snapshots_every;
    std::optional<std::uint32_t> snapshots_keep;
};

// `now` is what GET answered; empty if the category has no settings of its own.
[[nodiscard]] std::string merged_settings(const SettingsChange& change, std::string_view now);

}  // namespace firn::cli

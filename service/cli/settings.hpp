// The one list of what can be configured: a setting's name is its key in the TOML file
// (commit.waiting_max is waiting_max under [commit]) and, in capitals behind FIRN_, its variable
// (FIRN_COMMIT_WAITING_MAX).
// Thread: the list is made on first use and then only read.
// Errors: Setting::set throws std::invalid_argument saying what it expected.
#pragma once

#include "service/config.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace firn::cli {

struct Setting {
    std::string_view name;
    std::string_view meaning;
    // Lists are separated by commas.
    std::function<void(ProgramConfig&, std::string_view)> set;
    std::function<std::string(const ProgramConfig&)> show;
};

[[nodiscard]] const std::vector<Setting>& settings();
// Null if there is none of that name.
[[nodiscard]] const Setting* find_setting(std::string_view name);
// "FIRN_COMMIT_WAITING_MAX".
[[nodiscard]] std::string variable_of(const Setting& setting);

}  // namespace firn::cli

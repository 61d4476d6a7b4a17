#include "service/cli/config_sources.hpp"

#include "service/cli/exit_code.hpp"
#include "service/cli/settings.hpp"
#include "service/cli/toml_values.hpp"

#include <map>
#include <stdexcept>

namespace firn::cli {
namespace {

// A config on its way through the sources, and who set what last.
class Layers {
public:
    void set(const Setting& setting, std::string_view text, const std::string& origin) {
        try {
            setting.set(config_, text);
        } catch (const std::invalid_argument& refusal) {
            throw CommandFailure(ExitCode::usage, origin + ": " + refusal.what() + ".");
        }
        origins_[setting.name] = origin;
    }

    // The message of validate() begins with a field's name, and so leads to its origin.
    ProgramConfig finish() {
        try {
            config_.validate();
        } catch (const std::invalid_argument& refusal) {
            throw CommandFailure(ExitCode::usage, blamed(refusal.what()) + ".");
        }
        return std::move(config_);
    }

private:
    std::string blamed(std::string_view message) const {
        auto name = message.substr(0, message.find(' '));
        if (name == "http.address" || name == "http.port") {
            name = "listen";
        }
        const auto origin = origins_.find(name);
        return (origin == origins_.end() ? "" : origin->second + ": ") + std::string(message);
    }

    ProgramConfig config_;
    std::map<std::string_view, std::string, std::less<>> origins_;
};

void apply_file(Layers& layers, const std::filesystem::path& file) {
    for (const auto& value : read_toml(file)) {
        const auto where = file.string() + ", line " + std::to_string(value.line);
        const auto* setting = find_setting(value.key);
        if (setting == nullptr) {
            throw CommandFailure(ExitCode::usage, where + ": there is no setting \"" + value.key +
                                                      "\"; `firn serve --help` lists them all.");
        }
        layers.set(*setting, value.text, where + ": " + value.key);
    }
}

void apply_environment(Layers& layers, const Environment& environment) {
    for (const auto& setting : settings()) {
        const auto name = variable_of(setting);
        if (const char* text = environment(name.c_str())) {
            layers.set(setting, text, "the variable " + name);
        }
    }
}

void apply_flags(Layers& layers, const std::vector<FlagValue>& flags) {
    for (const auto& value : flags) {
        const auto* setting = find_setting(value.setting);
        if (setting == nullptr) {
            throw CommandFailure(ExitCode::usage, value.flag + ": there is no setting \"" +
                                                      value.setting +
                                                      "\"; `firn serve --help` lists them all.");
        }
        layers.set(*setting, value.text, value.flag);
    }
}

}  // namespace

ProgramConfig load_config(const std::optional<std::filesystem::path>& file,
                          const Environment& environment, const std::vector<FlagValue>& flags) {
    Layers layers;
    if (file) {
        apply_file(layers, *file);
    }
    apply_environment(layers, environment);
    apply_flags(layers, flags);
    return layers.finish();
}

}  // namespace firn::cli

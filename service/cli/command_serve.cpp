#include "service/application.hpp"
#include "service/cli/command.hpp"
#include "service/cli/config_sources.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/settings.hpp"
#include "service/logging.hpp"
#include "service/version.hpp"
#include "storage/errors.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace firn::cli {
namespace {

struct ServeArguments {
    std::optional<std::string> config;
    std::optional<std::string> data;
    std::optional<std::string> listen;
    std::optional<std::string> threads;
    std::optional<std::string> log_level;
    bool insecure = false;
    std::vector<std::string> set;  // "name=value"
};

std::vector<FlagValue> flags_of(const ServeArguments& arguments) {
    std::vector<FlagValue> flags;
    for (const auto& item : arguments.set) {
        const auto equals = item.find('=');
        if (equals == std::string::npos) {
            throw CommandFailure(ExitCode::usage, "--set takes NAME=VALUE, not \"" + item + "\".");
        }
        const auto name = item.substr(0, equals);
        flags.push_back({name, item.substr(equals + 1), "--set " + name});
    }
    const auto add = [&](const char* setting, const auto& value, const char* flag) {
        if (value) {
            flags.push_back({setting, *value, flag});
        }
    };
    add("data", arguments.data, "--data");
    add("listen", arguments.listen, "--listen");
    add("threads", arguments.threads, "--threads");
    add("log.level", arguments.log_level, "--log-level");
    if (arguments.insecure) {
        flags.push_back({"insecure", "true", "--insecure"});
    }
    return flags;
}

LogLevel level_of(const std::string& name) {
    static const std::map<std::string_view, LogLevel> levels{{"debug", LogLevel::debug},
                                                             {"info", LogLevel::info},
                                                             {"warning", LogLevel::warning},
                                                             {"error", LogLevel::error}};
    return levels.at(name);
}

ExitCode run(const ServeArguments& arguments) {
    auto file = arguments.config;
    if (const char* variable = std::getenv("FIRN_CONFIG"); !file && variable != nullptr) {
        file = variable;
    }
    const auto config = load_config(
        file, [](const char* name) { return std::getenv(name); }, flags_of(arguments));
    const Log log(level_of(config.log.level));
    try {
        Application application(config, log);
        const auto address = show_listen({config.http.address, application.port()});
        print("Firn " + std::string(version()) + " is ready at http://" + address + ", data in " +
              config.service.data.string() + "\n");
        flush_output();
        return application.run() ? ExitCode::ok : ExitCode::unclean_stop;
    } catch (const StorageFailure& failure) {
        throw CommandFailure(ExitCode::cannot_start, failure.what());
    } catch (const boost::system::system_error& failure) {
        throw CommandFailure(ExitCode::cannot_start,
                             "Cannot listen on " +
                                 show_listen({config.http.address, config.http.port}) + ": " +
                                 failure.code().message() + ".");
    }
}

// One line a setting, with its default.
std::string settings_text() {
    std::size_t width = 0;
    for (const auto& setting : settings()) {
        width = std::max(width, setting.name.size());
    }
    const ProgramConfig defaults;
    std::string text;
    for (const auto& setting : settings()) {
        text += "  " + std::string(setting.name) +
                std::string(width - setting.name.size() + 2, ' ') + std::string(setting.meaning) +
                " (" + setting.show(defaults) + ")\n";
    }
    return text;
}

}  // namespace

void add_serve_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<ServeArguments>();
    auto& command = *program.add_subcommand("serve", "Run the event store");
    command.add_option("--data", arguments->data, "The data directory (default: ./firn-data)")
        ->type_name("DIR");
    command
        .add_option("--listen", arguments->listen,
                    "Where to listen (default: 127.0.0.1:7070); port 0 takes a free one")
        ->type_name("ADDRESS:PORT");
    command
        .add_option("--threads", arguments->threads,
                    "Threads that serve requests (default: one less than processors)")
        ->type_name("N");
    command.add_option("--config", arguments->config, "A TOML file of settings (FIRN_CONFIG)")
        ->type_name("FILE");
    command.add_flag("--insecure", arguments->insecure,
                     "Allow an address that other machines reach: there are no passwords");
    command
        .add_option("--log-level", arguments->log_level, "debug, info (default), warning, error")
        ->type_name("LEVEL");
    command
        .add_option("--set", arguments->set, "Any setting below, e.g. --set actors.idle_after=1h")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command.footer(
        "Examples:\n"
        "  firn serve\n"
        "  firn serve --data /var/lib/firn --config /etc/firn.toml\n"
        "  firn serve --listen 127.0.0.1:0 --threads 2\n"
        "  FIRN_COMMIT_WAITING_MAX=50000 firn serve\n"
        "\n"
        "SIGTERM or Ctrl-C stops it: what is in flight is finished, the store closed. A second\n"
        "one ends it at once; nothing that was acknowledged is lost by that either.\n"
        "\n"
        "Settings come from flags, else from variables (FIRN_COMMIT_WAITING_MAX), else from the\n"
        "file ([commit] waiting_max = 50000), else from these defaults:\n" +
        settings_text() +
        "\n"
        "Sizes are written 64MiB, durations 10s or 250ms; lists separated by commas, in the file\n"
        "as [\"a\", \"b\"].");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

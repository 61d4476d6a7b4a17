// What all commands share: how they are added to the parser, how they reach the server, and how
// they print.
// Thread: main. Errors: CommandFailure, which main prints and turns into the exit code.
#pragma once

#include "service/cli/exit_code.hpp"
#include "service/cli/http_client.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace firn::cli {

// What the arguments ask for. Parsing chooses it, main runs it.
using Action = std::function<ExitCode()>;

void add_serve_command(CLI::App& program, Action& chosen);
void add_append_command(CLI::App& program, Action& chosen);
void add_command_command(CLI::App& program, Action& chosen);
void add_transact_command(CLI::App& program, Action& chosen);
void add_read_command(CLI::App& program, Action& chosen);
void add_state_command(CLI::App& program, Action& chosen);
void add_streams_command(CLI::App& program, Action& chosen);
void add_snapshots_command(CLI::App& program, Action& chosen);
void add_categories_command(CLI::App& program, Action& chosen);
void add_advise_command(CLI::App& program, Action& chosen);
void add_stats_command(CLI::App& program, Action& chosen);
void add_feed_command(CLI::App& program, Action& chosen);
void add_subscribe_command(CLI::App& program, Action& chosen);
void add_subscriptions_command(CLI::App& program, Action& chosen);
void add_compact_command(CLI::App& program, Action& chosen);
void add_compactions_command(CLI::App& program, Action& chosen);
void add_quarantine_command(CLI::App& program, Action& chosen);
void add_scheduler_command(CLI::App& program, Action& chosen);
void add_vacuum_command(CLI::App& program, Action& chosen);
void add_export_command(CLI::App& program, Action& chosen);
void add_import_command(CLI::App& program, Action& chosen);
void add_verify_command(CLI::App& program, Action& chosen);

// The options of every command that asks a server.
struct ClientOptions {
    std::string url;  // empty: FIRN_URL, else the default
    bool json = false;

    void add_to(CLI::App& command);
    [[nodiscard]] ServerUrl server() const;
};

// What of the feed a command asks for.
struct FeedFilters {
    std::vector<std::string> categories;
    std::vector<std::string> types;
    std::string id_prefix;

    void add_to(CLI::App& command);
    [[nodiscard]] bool any() const {
        return !categories.empty() || !types.empty() || !id_prefix.empty();
    }
};

// The two arguments of every command about one stream.
struct StreamArguments {
    std::string category;
    std::string id;

    void add_to(CLI::App& command);
};

// What a server answered, as it is, on a line of its own.
void print_answer(const HttpAnswer& answer);
// The whole of a file, or of standard input for "-"; CommandFailure if it cannot be read.
[[nodiscard]] std::string read_file(const std::string& path);
// Throws CommandFailure (usage) naming the flag.
void require_json(const char* flag, const std::string& text);

// To standard output, where a full disk or a closed pipe is an error and not a silence.
void print(std::string_view text);
void flush_output();

}  // namespace firn::cli

#include "service/cli/program.hpp"

#include "service/cli/command.hpp"
#include "service/version.hpp"

#include <cstdio>
#include <exception>

namespace firn::cli {
namespace {

constexpr const char* description =
    "Firn, an event store: appends events to streams durably, keeps what they add up to, and\n"
    "hands both out over HTTP.";

constexpr const char* footer =
    "A first tour:\n"
    "  firn serve --data ./firn-data &\n"
    "  firn append order 42 --type Placed --data '{\"total\": 30}'\n"
    "  firn append order 42 --type Paid --data '{\"paid\": true}'\n"
    "  firn state order 42\n"
    "  firn read order 42\n"
    "  firn feed --follow                               (all streams, live; Ctrl-C ends it)\n"
    "  firn categories set account --lua account.lua    (`firn categories set --help` has one)\n"
    "  firn command account 7 --type Deposit --data '{\"amount\": 50}'\n"
    "  firn compact account --keep-last 100 --dry-run   (what could be deleted for good)\n"
    "\n"
    "`firn COMMAND --help` has examples for each command.\n"
    "\n"
    "Exit codes:\n"
    "  0  done\n"
    "  1  the server refused (a conflict, an unknown stream, a full disk, …)\n"
    "  2  arguments, variables or the configuration file are wrong\n"
    "  3  the server cannot be reached, or the connection was lost\n"
    "  4  verification found damage\n"
    "  5  the input cannot be read or is not what it should be, or output cannot be written\n"
    "  6  serve, verify: the data directory cannot be opened, or the address not listened on\n"
    "  7  serve: stopping took too long, and was cut short\n"
    "  8  subscribe: the command that takes the events failed again and again\n"
    "  130, 143  ended by Ctrl-C, or by SIGTERM";

void complain(const char* sentence) {
    std::fprintf(stderr, "firn: %s\n", sentence);
}

ExitCode run(const Action& action) {
    try {
        const auto code = action();
        flush_output();
        return code;
    } catch (const CommandFailure& failure) {
        std::fflush(stdout);
        complain(failure.what());
        return failure.code();
    } catch (const Stopped& stopped) {
        return stopped.code();
    } catch (const std::exception& bug) {
        std::fflush(stdout);
        complain((std::string("unexpected: ") + bug.what()).c_str());
        return ExitCode::refused;
    }
}

}  // namespace

int run_program(int argc, const char* const* argv) {
    CLI::App program(description, "firn");
    program.set_version_flag("--version", "firn " + std::string(version()), "Print the version");
    program.set_help_flag("-h,--help", "Print this help");
    program.footer(footer);
    program.require_subcommand(1);

    Action chosen;
    add_serve_command(program, chosen);
    add_append_command(program, chosen);
    add_command_command(program, chosen);
    add_transact_command(program, chosen);
    add_read_command(program, chosen);
    add_state_command(program, chosen);
    add_streams_command(program, chosen);
    add_snapshots_command(program, chosen);
    add_categories_command(program, chosen);
    add_advise_command(program, chosen);
    add_stats_command(program, chosen);
    add_feed_command(program, chosen);
    add_subscribe_command(program, chosen);
    add_subscriptions_command(program, chosen);
    add_compact_command(program, chosen);
    add_compactions_command(program, chosen);
    add_quarantine_command(program, chosen);
    add_scheduler_command(program, chosen);
    add_vacuum_command(program, chosen);
    add_export_command(program, chosen);
    add_import_command(program, chosen);
    add_verify_command(program, chosen);
    if (argc <= 1) {
        std::fputs(program.help().c_str(), stderr);
        return static_cast<int>(ExitCode::usage);
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::Success& help_or_version) {
        return program.exit(help_or_version);
    } catch (const CLI::ParseError& error) {
        complain(error.what());
        const auto used = program.get_subcommands();
        const auto name = used.empty() ? std::string() : " " + used.front()->get_name();
        std::fprintf(stderr, "`firn%s --help` says what it takes.\n", name.c_str());
        return static_cast<int>(ExitCode::usage);
    }
    return static_cast<int>(run(chosen));
}

}  // namespace firn::cli

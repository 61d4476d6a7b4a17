#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/progress_bar.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

#include <algorithm>

namespace firn::cli {
namespace {

struct VacuumArguments {
    ClientOptions client;
    bool dry_run = false;
};

void print_needs(std::string_view needs) {
    print("The file has " + show_size(json_count(needs, "bytes_file")) + ", of which " +
          show_size(json_count(needs, "bytes_live")) + " are in use.\n" + "The copy needs " +
          show_size(json_count(needs, "bytes_needed")) + " on the disk, which has " +
          show_size(json_count(needs, "bytes_available")) + ".\n");
}

// What the bar shows: asked for over a connection of its own.
std::string progress_line(const ClientOptions& options, std::chrono::duration<double> passed,
                          std::size_t columns) {
    try {
        HttpClient client(options.server());
        const auto running = json_member(client.get("/v1/vacuum").body, "running");
        if (running.empty() || running == "null") {
            return {};
        }
        const auto items = std::max<std::uint64_t>(json_count(running, "items"), 1);
        const auto copied = json_count(running, "items_copied");
        const auto line = show_count(copied) + " records, " +
                          std::to_string(static_cast<long>(passed.count())) + " s";
        return bar_before(static_cast<double>(copied) / static_cast<double>(items), line, columns);
    } catch (const std::exception&) {
        return {};  // the request itself will say what is wrong
    }
}

ExitCode run(const VacuumArguments& arguments) {
    // It takes as long as it takes.
    HttpClient client(arguments.client.server(), {.answer = std::chrono::hours(24)});
    const auto before = client.get("/v1/vacuum");
    require_success(before);
    const auto needs = json_member(before.body, "needs");
    if (!arguments.client.json) {
        print_needs(needs);
    }
    if (arguments.dry_run) {
        print(arguments.client.json ? std::string(needs) + "\n" : "");
        return ExitCode::ok;
    }
    HttpAnswer answer;
    {
        const ProgressBar bar([&](auto passed, auto columns) {
            return progress_line(arguments.client, passed, columns);
        });
        answer = client.send({.verb = "POST", .target = "/v1/vacuum", .body = "{}"});
    }
    require_success(answer);
    if (arguments.client.json) {
        print(answer.body + "\n");
        return ExitCode::ok;
    }
    print("The file had " + show_size(json_count(answer.body, "bytes_before")) + " and has " +
          show_size(json_count(answer.body, "bytes_after")) + " now.\n");
    return ExitCode::ok;
}

}  // namespace

void add_vacuum_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<VacuumArguments>();
    auto& command = *program.add_subcommand(
        "vacuum", "Give free space back to the file system while the server serves");
    arguments->client.add_to(command);
    command.add_flag("--dry-run", arguments->dry_run, "Only say how much disk it needs");
    command.footer(
        "What lives is copied into a new file, which then takes the place of the old one.\n"
        "Appends and reads go on meanwhile.\n\n"
        "Examples:\n"
        "  firn vacuum --dry-run\n"
        "  firn vacuum");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

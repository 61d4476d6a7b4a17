#include "actors/json/scanner.hpp"
#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

#include <cstdio>

namespace firn::cli {
namespace {

struct SnapshotsArguments {
    StreamArguments stream;
    ClientOptions client;
    bool take = false;
    std::string show;
};

void print_row(const std::string& version, const std::string& kind, const std::string& bytes,
               const std::string& decider, const std::string& created, const std::string& hash) {
    char columns[160];
    std::snprintf(columns, sizeof columns, "%10s  %-9s %10s  %-16s %-27s  ", version.c_str(),
                  kind.c_str(), bytes.c_str(), decider.c_str(), created.c_str());
    print(columns + hash + "\n");
}

void print_titles() {
    print_row("VERSION", "KIND", "BYTES", "DECIDER", "CREATED", "STATE HASH");
}

void print_snapshot(std::string_view snapshot) {
    const auto decider = json_member(snapshot, "decider");
    print_row(show_count(json_count(snapshot, "version")), json_string(snapshot, "kind"),
              show_size(json_count(snapshot, "bytes")),
              json_string(decider, "kind") + " " + std::to_string(json_count(decider, "revision")),
              json_string(snapshot, "created_at"), json_string(snapshot, "state_hash"));
}

void print_list(const HttpAnswer& answer) {
    JsonScanner snapshots(json_member(answer.body, "snapshots"));
    snapshots.enter_array();
    bool titled = false;
    while (snapshots.next_element()) {
        if (!std::exchange(titled, true)) {
            print_titles();
        }
        print_snapshot(snapshots.take().raw);
    }
    if (!titled) {
        print("no snapshots yet\n");
    }
}

ExitCode run(const SnapshotsArguments& arguments) {
    HttpClient client(arguments.client.server());
    const auto target = stream_path(arguments.stream.category, arguments.stream.id) + "/snapshots";
    if (arguments.take && !arguments.show.empty()) {
        throw CommandFailure(ExitCode::usage, "Use either --take or --show.");
    }
    HttpAsk ask;
    ask.verb = arguments.take ? "POST" : "GET";
    ask.target = arguments.show.empty() ? target : target + "/" + arguments.show;
    const auto answer = client.send(ask);
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
    } else if (!arguments.show.empty()) {
        print(indent_json(answer.body) + "\n");
    } else if (arguments.take) {
        print_titles();
        print_snapshot(answer.body);
    } else {
        print_list(answer);
    }
    return ExitCode::ok;
}

}  // namespace

void add_snapshots_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<SnapshotsArguments>();
    auto& command = *program.add_subcommand("snapshots", "List a stream's snapshots, or take one");
    arguments->stream.add_to(command);
    command.add_flag("--take", arguments->take, "Take one of the state as it is now");
    command.add_option("--show", arguments->show, "Print one with its state")
        ->type_name("VERSION|latest");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn snapshots order 42\n"
        "  firn snapshots order 42 --take\n"
        "  firn snapshots order 42 --show latest");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/refusal.hpp"

#include <optional>

namespace firn::cli {
namespace {

struct StateArguments {
    StreamArguments stream;
    ClientOptions client;
    std::optional<std::uint64_t> version;
};

// Of an external decider, whose state is the newest that a client put.
std::string behind(const std::string& answer) {
    return json_member(answer, "events_behind").empty()
               ? ""
               : "\nbehind   " + std::to_string(json_count(answer, "events_behind")) +
                     " events that no client has folded yet";
}

ExitCode run(const StateArguments& arguments) {
    HttpClient client(arguments.client.server());
    Query query;
    if (arguments.version) {
        query.add("version", *arguments.version);
    }
    const auto answer = client.get(stream_path(arguments.stream.category, arguments.stream.id) +
                                   "/state" + query.text());
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    const auto decider = json_member(answer.body, "decider");
    print("stream   " + arguments.stream.category + "/" + arguments.stream.id + "\nversion  " +
          std::to_string(json_count(answer.body, "version")) + "\ndecider  " +
          json_string(decider, "kind") + ", revision " +
          std::to_string(json_count(decider, "revision")) + behind(answer.body) + "\n\n" +
          indent_json(json_member(answer.body, "state")) + "\n");
    return ExitCode::ok;
}

}  // namespace

void add_state_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<StateArguments>();
    auto& command =
        *program.add_subcommand("state", "Print a stream's state: what its events add up to");
    arguments->stream.add_to(command);
    command
        .add_option("--version", arguments->version, "The state as of this version (0: initial)")
        ->type_name("VERSION");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn state order 42\n"
        "  firn state order 42 --version 3\n"
        "  firn state order 42 --json | jq .state.total");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

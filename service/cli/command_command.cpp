#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/refusal.hpp"
#include "service/http/json_text.hpp"

#include "actors/json/scanner.hpp"

namespace firn::cli {
namespace {

struct CommandArguments {
    StreamArguments stream;
    ClientOptions client;
    std::string type;
    std::string data = "{}";
    std::string metadata = "{}";
    std::string id;
};

std::string body_of(const CommandArguments& arguments) {
    require_json("--data", arguments.data);
    require_json("--metadata", arguments.metadata);
    std::string body = "{\"type\":";
    append_json_string(body, arguments.type);
    body += ",\"data\":" + arguments.data + ",\"metadata\":" + arguments.metadata;
    if (!arguments.id.empty()) {
        body += ",\"id\":";
        append_json_string(body, arguments.id);
    }
    return body + "}";
}

ExitCode run(const CommandArguments& arguments) {
    HttpClient client(arguments.client.server());
    const auto answer = client.send(
        {.verb = "POST",
         .target = stream_path(arguments.stream.category, arguments.stream.id) + "/commands",
         .body = body_of(arguments)});
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    const auto name = arguments.stream.category + "/" + arguments.stream.id;
    const auto version = std::to_string(json_count(answer.body, "version"));
    JsonScanner events(json_member(answer.body, "events"));
    events.enter_array();
    bool any = false;
    while (events.next_element()) {
        const auto event = events.take().raw;
        any = true;
        print("version " + std::to_string(json_count(event, "version")) + "  " +
              json_string(event, "type") + "  " + std::string(json_member(event, "data")) + "\n");
    }
    print(any ? name + " is at version " + version +
                    (json_member(answer.body, "replayed") == "true" ? " (it was there already)\n"
                                                                    : "\n")
              : "nothing to do: " + name + " stays at version " + version + "\n");
    return ExitCode::ok;
}

}  // namespace

void add_command_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<CommandArguments>();
    auto& command = *program.add_subcommand(
        "command", "Let a stream's decider decide a command, and append what it decides");
    arguments->stream.add_to(command);
    command.add_option("--type", arguments->type, "The command's type")
        ->required()
        ->type_name("TYPE");
    command.add_option("--data", arguments->data, "Its data, default {}")->type_name("JSON");
    command.add_option("--metadata", arguments->metadata, "Its metadata, an object")
        ->type_name("JSON");
    command
        .add_option("--id", arguments->id,
                    "A UUID; the same command sent again under it does nothing")
        ->type_name("UUID");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn command account 42 --type Withdraw --data '{\"amount\": 50}'\n"
        "  firn command account 42 --type Close --id 0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55\n"
        "\n"
        "The stream's category needs a decider with decide: see `firn categories --help`. If the\n"
        "decider refuses the command, nothing is appended and the exit code is 1.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

#include "actors/json/scanner.hpp"
#include "service/cli/command.hpp"
#include "service/cli/import/line_reader.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"
#include "service/http/json_text.hpp"

#include <algorithm>

namespace firn::cli {
namespace {

struct AppendArguments {
    StreamArguments stream;
    ClientOptions client;
    std::string file;
    std::string type;
    std::string data = "{}";
    std::string metadata;
    std::string expect = "any";
};

CommandFailure usage(const std::string& sentence) {
    return {ExitCode::usage, sentence};
}

// The JSON of expected_version.
std::string expected_version(const std::string& expect) {
    if (expect == "any" || expect == "none" || expect == "exists") {
        return '"' + expect + '"';
    }
    try {
        return std::to_string(parse_count(expect));
    } catch (const std::invalid_argument&) {
        throw usage("--expect takes a version, any, none or exists, not \"" + expect + "\".");
    }
}

std::string event_of_flags(const AppendArguments& arguments) {
    require_json("--data", arguments.data);
    std::string event = "{\"type\":";
    append_json_string(event, arguments.type);
    event += ",\"data\":" + arguments.data;
    if (!arguments.metadata.empty()) {
        require_json("--metadata", arguments.metadata);
        event += ",\"metadata\":" + arguments.metadata;
    }
    return event + "}";
}

// The lines of a file, each an event, as elements of an array.
std::string events_of_file(const std::string& path) {
    InputText input(path);
    LineReader lines(input);
    std::string events;
    while (const auto line = lines.next()) {
        if (const auto error = validate_json(line->text)) {
            throw CommandFailure(ExitCode::bad_input,
                                 input.name() + ", line " + std::to_string(line->number) +
                                     ": not good JSON at byte " +
                                     std::to_string(error->offset + 1) + ": " + error->reason +
                                     " Each line must hold one event.");
        }
        events += events.empty() ? "" : ",";
        events += line->text;
    }
    if (events.empty()) {
        throw CommandFailure(ExitCode::bad_input, input.name() + " holds no event.");
    }
    return events;
}

ExitCode run(const AppendArguments& arguments) {
    if (arguments.type.empty() == arguments.file.empty()) {
        throw usage(
            "State either one event with --type and --data, or a FILE of events (- is standard "
            "input).");
    }
    const auto expected = expected_version(arguments.expect);
    const auto events =
        arguments.file.empty() ? event_of_flags(arguments) : events_of_file(arguments.file);
    HttpClient client(arguments.client.server());
    const auto answer = client.send(
        {.verb = "POST",
         .target = stream_path(arguments.stream.category, arguments.stream.id) + "/events",
         .body = "{\"expected_version\":" + expected + ",\"events\":[" + events + "]}"});
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    const auto first = json_count(answer.body, "first_version");
    const auto last = json_count(answer.body, "version");
    const bool replayed = json_member(answer.body, "replayed") == "true";
    print((replayed ? "was there already: " : "appended ") +
          (first == last ? "version " + std::to_string(last)
                         : "versions " + std::to_string(first) + " to " + std::to_string(last)) +
          " of " + arguments.stream.category + "/" + arguments.stream.id + ", position " +
          std::to_string(json_count(answer.body, "position")) + "\n");
    return ExitCode::ok;
}

}  // namespace

void add_append_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<AppendArguments>();
    auto& command = *program.add_subcommand("append", "Append events to a stream, all or none");
    arguments->stream.add_to(command);
    command
        .add_option("FILE", arguments->file,
                    "Events, one JSON object a line ({\"type\", \"data\", \"metadata\", \"id\"}); "
                    "- is standard input")
        ->type_name("");
    command.add_option("--type", arguments->type, "The type of one event, instead of FILE")
        ->type_name("TYPE");
    command.add_option("--data", arguments->data, "Its data, default {}")->type_name("JSON");
    command.add_option("--metadata", arguments->metadata, "Its metadata, an object")
        ->type_name("JSON");
    command
        .add_option("--expect", arguments->expect,
                    "Append only if the stream is at this version: a number, none (no events "
                    "yet), exists, any (default)")
        ->type_name("VERSION");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn append order 42 --type Placed --data '{\"total\": 30}'\n"
        "  firn append order 42 --type Paid --expect 1\n"
        "  printf '%s\\n' '{\"type\":\"Packed\"}' '{\"type\":\"Sent\"}' | firn append order 42 -\n"
        "\n"
        "If the stream is at another version, nothing is appended and the exit code is 1.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

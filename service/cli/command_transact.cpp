#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/refusal.hpp"

#include "actors/json/scanner.hpp"

namespace firn::cli {
namespace {

struct TransactArguments {
    std::string file;
    ClientOptions client;
};

std::string body_of(const std::string& file) {
    auto body = read_file(file);
    if (const auto error = validate_json(body)) {
        throw CommandFailure(ExitCode::bad_input, (file == "-" ? "Standard input" : file) +
                                                      " is not good JSON at byte " +
                                                      std::to_string(error->offset + 1) + ": " +
                                                      error->reason);
    }
    return body;
}

void print_result(std::string_view result) {
    const auto stream = json_member(result, "stream");
    const auto first = json_count(result, "first_version");
    const auto last = json_count(result, "version");
    const auto what = first > last ? "checked at version " + std::to_string(last)
                      : first == last
                          ? "version " + std::to_string(last)
                          : "versions " + std::to_string(first) + " to " + std::to_string(last);
    print("  " + json_string(stream, "category") + "/" + json_string(stream, "id") + "  " + what +
          "\n");
}

ExitCode run(const TransactArguments& arguments) {
    const auto body = body_of(arguments.file);
    HttpClient client(arguments.client.server());
    const auto answer = client.send({.verb = "POST", .target = "/v1/transactions", .body = body});
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    const bool replayed = json_member(answer.body, "replayed") == "true";
    print(std::string(replayed ? "was there already" : "appended") + ", position " +
          std::to_string(json_count(answer.body, "position")) + "\n");
    JsonScanner results(json_member(answer.body, "results"));
    results.enter_array();
    while (results.next_element()) {
        print_result(results.take().raw);
    }
    return ExitCode::ok;
}

}  // namespace

void add_transact_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<TransactArguments>();
    auto& command =
        *program.add_subcommand("transact", "Append to several streams, all or nothing");
    command
        .add_option("FILE", arguments->file,
                    "The transaction as JSON, see below; - is standard input")
        ->required()
        ->type_name("");
    arguments->client.add_to(command);
    command.footer(
        "FILE holds one JSON object:\n"
        "  {\"appends\": [\n"
        "    {\"stream\": {\"category\": \"account\", \"id\": \"ann\"}, \"expected_version\": 3,\n"
        "     \"events\": [{\"type\": \"Withdrawn\", \"data\": {\"amount\": 20}}]},\n"
        "    {\"stream\": {\"category\": \"account\", \"id\": \"bob\"}, \"expected_version\": 7,\n"
        "     \"events\": [{\"type\": \"Deposited\", \"data\": {\"amount\": 20}}]},\n"
        "    {\"stream\": {\"category\": \"bank\", \"id\": \"rules\"}, \"expected_version\": 1, "
        "\"events\": []}]}\n"
        "An entry without events only checks its stream's version, which is a number, \"none\",\n"
        "\"exists\" or \"any\" (the default). Events as for `firn append`; with ids, the same file "
        "can\n"
        "be sent again safely.\n"
        "\n"
        "Examples:\n"
        "  firn transact transfer.json\n"
        "  jq -n '{appends: […]}' | firn transact -\n"
        "\n"
        "If any stream is at another version, nothing is appended and the exit code is 1.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

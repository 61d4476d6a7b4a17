#include "actors/json/scanner.hpp"
#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/refusal.hpp"
#include "service/http/percent.hpp"

#include <cstdio>

namespace firn::cli {
namespace {

struct QuarantineArguments {
    ClientOptions client;
    StreamArguments stream;
};

// The stream and the reason come last, so that the columns need not know how long they get.
void print_row(const std::string& since, const std::string& compaction, const std::string& rest) {
    char columns[96];
    std::snprintf(columns, sizeof columns, "%-20s  %-36s  ", since.c_str(), compaction.c_str());
    print(columns + rest + "\n");
}

void print_entry(std::string_view entry) {
    const auto stream = json_member(entry, "stream");
    print_row(json_string(entry, "since").substr(0, 19) + "Z", json_string(entry, "compaction"),
              json_string(stream, "category") + "/" + json_string(stream, "id") + "  (" +
                  json_string(entry, "reason") + ")");
}

ExitCode list(const QuarantineArguments& arguments) {
    HttpClient client(arguments.client.server());
    bool any = false;
    std::string target = "/v1/quarantine?limit=1000";
    while (!target.empty()) {
        const auto page = client.get(target);
        require_success(page);
        JsonScanner entries(json_member(page.body, "quarantine"));
        entries.enter_array();
        while (entries.next_element()) {
            const auto entry = entries.take().raw;
            if (arguments.client.json) {
                print(std::string(entry) + "\n");
                continue;
            }
            if (!std::exchange(any, true)) {
                print_row("SINCE", "COMPACTION", "STREAM");
            }
            print_entry(entry);
        }
        target = json_string(page.body, "next");
    }
    if (!any && !arguments.client.json) {
        print("no stream is in the quarantine\n");
    }
    return ExitCode::ok;
}

ExitCode release(const QuarantineArguments& arguments) {
    HttpClient client(arguments.client.server());
    std::string target = "/v1/quarantine/";
    append_percent_encoded(target, arguments.stream.category);
    append_percent_encoded(target.append("/"), arguments.stream.id);
    require_success(client.send({.verb = "DELETE", .target = target}));
    print(arguments.stream.category + "/" + arguments.stream.id +
          " is released from the quarantine\n");
    return ExitCode::ok;
}

}  // namespace

void add_quarantine_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<QuarantineArguments>();
    auto& quarantine = *program.add_subcommand(
        "quarantine", "List streams whose compaction found what must not be, or release one");
    quarantine.require_subcommand(0, 1);
    arguments->client.add_to(quarantine);
    // Runs after the one of its subcommand.
    quarantine.callback([arguments, &quarantine, &chosen] {
        if (quarantine.get_subcommands().empty()) {
            chosen = [arguments] { return list(*arguments); };
        }
    });
    auto& release_command =
        *quarantine.add_subcommand("release", "Let compactions take the stream up again");
    arguments->stream.add_to(release_command);
    arguments->client.add_to(release_command);
    release_command.callback(
        [arguments, &chosen] { chosen = [arguments] { return release(*arguments); }; });
    quarantine.footer(
        "Examples:\n"
        "  firn quarantine\n"
        "  firn quarantine release order 42\n"
        "\n"
        "Nothing was deleted of these streams. Compactions of whole categories pass them over "
        "until\n"
        "they are released, or until `firn compact` of one of them succeeds.\n"
        "With --json: one JSON object a line.");
}

}  // namespace firn::cli

#include "actors/json/scanner.hpp"
#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

#include <cstdio>

namespace firn::cli {
namespace {

struct StreamsArguments {
    ClientOptions client;
    std::string category;
    std::string prefix;
};

// The name comes last, so that the columns need not know how long names get.
void print_row(const std::string& version, const std::string& events, const std::string& bytes,
               const std::string& position, const std::string& stream) {
    char columns[96];
    std::snprintf(columns, sizeof columns, "%10s %10s %10s %12s  ", version.c_str(), events.c_str(),
                  bytes.c_str(), position.c_str());
    print(columns + stream + "\n");
}

void print_stream(std::string_view info) {
    const auto stream = json_member(info, "stream");
    print_row(show_count(json_count(info, "version")), show_count(json_count(info, "events")),
              show_size(json_count(info, "bytes")), show_count(json_count(info, "last_position")),
              json_string(stream, "category") + "/" + json_string(stream, "id"));
}

ExitCode run(const StreamsArguments& arguments) {
    HttpClient client(arguments.client.server());
    Query query;
    if (!arguments.category.empty()) {
        query.add("category", arguments.category);
    }
    if (!arguments.prefix.empty()) {
        query.add("prefix", arguments.prefix);
    }
    query.add("limit", std::uint64_t{1000});
    auto target = "/v1/streams" + query.text();
    bool titled = false;
    while (!target.empty()) {
        const auto page = client.get(target);
        require_success(page);
        JsonScanner streams(json_member(page.body, "streams"));
        streams.enter_array();
        while (streams.next_element()) {
            const auto info = streams.take().raw;
            if (arguments.client.json) {
                print(std::string(info) + "\n");
                continue;
            }
            if (!titled) {
                titled = true;
                print_row("VERSION", "EVENTS", "BYTES", "POSITION", "STREAM");
            }
            print_stream(info);
        }
        target = json_string(page.body, "next");
    }
    return ExitCode::ok;
}

}  // namespace

void add_streams_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<StreamsArguments>();
    auto& command = *program.add_subcommand("streams", "List streams, by category and id");
    command.add_option("--category", arguments->category, "Only those of this category")
        ->type_name("CATEGORY");
    command.add_option("--prefix", arguments->prefix, "Only those whose id begins with this")
        ->type_name("TEXT");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn streams\n"
        "  firn streams --category file --prefix src/\n"
        "  firn streams --json | jq -r 'select(.events > 1000) | .stream.id'\n"
        "\n"
        "With --json: one JSON object a line.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

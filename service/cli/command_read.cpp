#include "service/cli/command.hpp"
#include "service/cli/refusal.hpp"

#include <algorithm>
#include <optional>

namespace firn::cli {
namespace {

struct ReadArguments {
    StreamArguments stream;
    ClientOptions client;
    std::optional<std::uint64_t> from;
    std::optional<std::uint64_t> limit;
    bool backward = false;
};

constexpr std::uint64_t page_events_max = 1000;

ExitCode run(const ReadArguments& arguments) {
    HttpClient client(arguments.client.server());
    auto left = arguments.limit.value_or(~std::uint64_t{0});
    Query query;
    if (arguments.from) {
        query.add("from", *arguments.from);
    }
    if (arguments.backward) {
        query.add("direction", "backward");
    }
    query.add("limit", std::clamp<std::uint64_t>(left, 1, page_events_max));
    auto target =
        stream_path(arguments.stream.category, arguments.stream.id) + "/events" + query.text();
    do {
        const auto page = client.send({.target = target, .accept = "application/x-ndjson"});
        require_success(page);
        std::string_view lines = page.body;
        while (left != 0 && !lines.empty()) {
            const auto end = std::min(lines.find('\n'), lines.size() - 1) + 1;
            print(lines.substr(0, end));
            lines.remove_prefix(end);
            --left;
        }
        target = page.next;
    } while (left != 0 && !target.empty());
    return ExitCode::ok;
}

}  // namespace

void add_read_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<ReadArguments>();
    auto& command =
        *program.add_subcommand("read", "Print a stream's events, one JSON object a line");
    arguments->stream.add_to(command);
    command.add_option("--from", arguments->from, "The version to begin with")
        ->type_name("VERSION");
    command.add_option("--limit", arguments->limit, "At most this many events (default: all)")
        ->type_name("N");
    command.add_flag("--backward", arguments->backward, "From the newest to the oldest");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn read order 42\n"
        "  firn read order 42 --from 100 --limit 10\n"
        "  firn read order 42 --backward --limit 1     # the newest event\n"
        "  firn read order 42 | jq .data.total\n"
        "\n"
        "The lines are JSON with and without --json. A stream that never was: exit code 1.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

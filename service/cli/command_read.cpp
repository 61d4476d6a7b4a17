#include "service/cli/command.hpp"
#include "service/cli/follow/follow_feed.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/line_output.hpp"
#include "service/cli/refusal.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace firn::cli {
namespace {

struct ReadArguments {
    StreamArguments stream;
    ClientOptions client;
    std::optional<std::uint64_t> from;
    std::optional<std::uint64_t> limit;
    bool backward = false;
    bool follow = false;
};

constexpr std::uint64_t page_events_max = 1000;

std::string target_of(const ReadArguments& arguments, const Query& query) {
    return stream_path(arguments.stream.category, arguments.stream.id) + "/events" + query.text();
}

void print_pages(const ReadArguments& arguments, std::uint64_t left, LineOutput& output,
                 StopSignals& stop) {
    HttpClient client(arguments.client.server(), {}, &stop);
    Query query;
    if (arguments.from) {
        query.add("from", *arguments.from);
    }
    if (arguments.backward) {
        query.add("direction", "backward");
    }
    query.add("limit", std::clamp<std::uint64_t>(left, 1, page_events_max));
    auto target = target_of(arguments, query);
    do {
        const auto page = client.send({.target = target, .accept = "application/x-ndjson"});
        require_success(page);
        left -= output.write_lines(page.body, left);
        target = page.next;
    } while (left != 0 && !target.empty());
}

void follow(const ReadArguments& arguments, std::uint64_t left, LineOutput& output,
            StopSignals& stop) {
    if (left == 0) {
        return;
    }
    Query query;
    if (arguments.from) {
        query.add("from", *arguments.from);
    }
    const FollowAsk ask{arguments.client.server(), target_of(arguments, query), {}};
    Follower follower;
    follower.take = [&](const ServerSentMessage& message) {
        if (message.event != "message") {
            return true;
        }
        output.write(message.data);
        // After a stream's deletion nothing can follow.
        return --left != 0 && json_string(message.data, "type") != "$deleted";
    };
    follower.pause = [&] { output.flush(); };
    follow_feed(ask, follower, stop);
}

ExitCode run(const ReadArguments& arguments) {
    StopSignals stop;
    LineOutput output(stop);
    const auto left = arguments.limit.value_or(std::numeric_limits<std::uint64_t>::max());
    if (arguments.follow) {
        follow(arguments, left, output, stop);
    } else {
        print_pages(arguments, left, output, stop);
    }
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
    auto* backward =
        command.add_flag("--backward", arguments->backward, "From the newest to the oldest");
    command.add_flag("--follow", arguments->follow, "Go on with what is appended from now on")
        ->excludes(backward);
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn read order 42\n"
        "  firn read order 42 --from 100 --limit 10\n"
        "  firn read order 42 --backward --limit 1     # the newest event\n"
        "  firn read order 42 | jq .data.total\n"
        "  firn read order 42 --follow                 # Ctrl-C ends it\n"
        "\n"
        "The lines are JSON with and without --json. A stream that never was: exit code 1.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

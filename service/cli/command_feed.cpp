#include "service/cli/command.hpp"
#include "service/cli/follow/follow_feed.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/line_output.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace firn::cli {
namespace {

struct FeedArguments {
    ClientOptions client;
    FeedFilters filters;
    std::optional<std::uint64_t> after;
    std::optional<std::uint64_t> limit;
    bool from_end = false;
    bool follow = false;
};

constexpr std::uint64_t page_events_max = 1000;

void add_filters(Query& query, const FeedArguments& arguments) {
    for (const auto& category : arguments.filters.categories) {
        query.add("category", category);
    }
    for (const auto& type : arguments.filters.types) {
        query.add("type", type);
    }
    if (!arguments.filters.id_prefix.empty()) {
        query.add("id_prefix", arguments.filters.id_prefix);
    }
}

// "after" of the next page's URL.
std::uint64_t place_in(std::string_view url) {
    constexpr std::string_view name = "after=";
    const auto begin = url.find(name) + name.size();
    return parse_count(url.substr(begin, url.find('&', begin) - begin));
}

// The newest position there is when the command begins: it ends there, however busy the store is.
std::uint64_t head_of(HttpClient& client) {
    const auto stats = client.get("/v1/stats");
    require_success(stats);
    return json_count(stats.body, "head_position");
}

void print_pages(const FeedArguments& arguments, HttpClient& client, std::uint64_t after,
                 std::uint64_t left, LineOutput& output) {
    const auto head = head_of(client);
    Query query;
    query.add("after", after);
    add_filters(query, arguments);
    query.add("limit", std::clamp<std::uint64_t>(left, 1, page_events_max));
    auto target = "/v1/events" + query.text();
    while (left != 0 && after < head) {
        const auto page = client.send({.target = target, .accept = "application/x-ndjson"});
        require_success(page);
        left -= output.write_lines(page.body, left);
        target = page.next;
        after = place_in(target);
    }
}

void follow(const FeedArguments& arguments, const ServerUrl& server, std::uint64_t after,
            std::uint64_t left, LineOutput& output, StopSignals& stop) {
    if (left == 0) {
        return;
    }
    Query query;
    query.add("after", after);
    add_filters(query, arguments);
    const FollowAsk ask{server, "/v1/events" + query.text(), {}};
    Follower follower;
    follower.take = [&](const ServerSentMessage& message) {
        if (message.event == "message") {
            output.write(message.data);
            --left;
        }
        return left != 0;
    };
    follower.pause = [&] { output.flush(); };
    follow_feed(ask, follower, stop);
}

ExitCode run(const FeedArguments& arguments) {
    StopSignals stop;
    LineOutput output(stop);
    const auto server = arguments.client.server();
    HttpClient client(server, {}, &stop);
    const auto left = arguments.limit.value_or(std::numeric_limits<std::uint64_t>::max());
    const auto after = arguments.from_end ? head_of(client) : arguments.after.value_or(0);
    if (arguments.follow) {
        follow(arguments, server, after, left, output, stop);
    } else {
        print_pages(arguments, client, after, left, output);
    }
    return ExitCode::ok;
}

}  // namespace

void add_feed_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<FeedArguments>();
    auto& command = *program.add_subcommand(
        "feed", "Print the events of all streams in order, one JSON object a line");
    command.add_flag("--follow", arguments->follow, "Go on with what is appended from now on");
    arguments->filters.add_to(command);
    auto* after = command.add_option("--after", arguments->after, "The position to begin after")
                      ->type_name("POSITION");
    auto* from_end =
        command.add_flag("--from-end", arguments->from_end, "Begin with what comes next");
    from_end->excludes(after);
    command.add_option("--limit", arguments->limit, "At most this many events (default: all)")
        ->type_name("N");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn feed --limit 10\n"
        "  firn feed --category order --type Placed --type Shipped\n"
        "  firn feed --follow --from-end | jq -c '[.position, .type, .stream.id]'\n"
        "  firn feed --follow --after 129657           # where another one ended\n"
        "\n"
        "The lines are JSON with and without --json. Without --follow it ends at the newest event\n"
        "there was when it began. With it, Ctrl-C ends it; a lost connection, or a server that is\n"
        "restarted, does not: it goes on where it was, and nothing is lost or repeated.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

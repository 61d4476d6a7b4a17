#include "service/cli/command.hpp"
#include "service/cli/compact/compaction_text.hpp"
#include "service/cli/compact/dry_run_table.hpp"
#include "service/cli/compact/follow_compaction.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/progress_bar.hpp"
#include "service/cli/refusal.hpp"
#include "service/http/json_object.hpp"

#include <limits>

namespace firn::cli {
namespace {

constexpr std::size_t lines_usual = 40;

struct CompactArguments {
    ClientOptions client;
    std::string category;
    std::string id;
    std::optional<std::uint64_t> keep_last;
    std::optional<std::uint64_t> up_to_version;
    bool dry_run = false;
    bool all = false;
    bool no_wait = false;
    bool all_lines = false;
};

void check(const CompactArguments& arguments) {
    if (arguments.all == !arguments.category.empty()) {
        throw CommandFailure(ExitCode::usage,
                             "Name a CATEGORY, or a stream by CATEGORY and ID; or use --all.");
    }
}

HttpAsk ask_of(const CompactArguments& arguments) {
    HttpAsk ask;
    ask.verb = "POST";
    ask.target = arguments.id.empty()
                     ? "/v1/compactions"
                     : stream_path(arguments.category, arguments.id) + "/compactions";
    JsonObject body(ask.body);
    if (arguments.all) {
        body.flag("all", true);
    } else if (arguments.id.empty()) {
        body.text("category", arguments.category);
    }
    if (arguments.keep_last) {
        body.add("keep_last", *arguments.keep_last);
    }
    if (arguments.up_to_version) {
        body.add("up_to_version", *arguments.up_to_version);
    }
    if (arguments.dry_run) {
        body.flag("dry_run", true);
    }
    body.end();
    return ask;
}

HttpAnswer send(HttpClient& client, const CompactArguments& arguments) {
    const auto ask = ask_of(arguments);
    std::optional<ProgressBar> bar;
    if (arguments.dry_run) {
        bar.emplace(
            [](auto elapsed, auto columns) { return compaction_progress({}, elapsed, columns); });
    }
    auto answer = client.send(ask);
    bar.reset();
    require_success(answer);
    return answer;
}

void print_begun(std::string_view report) {
    const auto id = json_string(report, "id");
    print(compaction_scope(report) + ": compaction " + id + " is " + json_string(report, "status") +
          "\n`firn compactions show " + id + "` tells how far it is\n");
}

void print_report(const CompactArguments& arguments, const std::string& report) {
    if (arguments.client.json) {
        print(report + (report.ends_with('\n') ? "" : "\n"));
    } else if (arguments.dry_run) {
        constexpr auto no_bound = std::numeric_limits<std::size_t>::max();
        print(dry_run_table(report, arguments.all_lines ? no_bound : lines_usual));
    } else if (arguments.no_wait) {
        print_begun(report);
    } else {
        print(compaction_outcome(report));
    }
}

bool went_well(std::string_view report) {
    const auto status = json_string(report, "status");
    return status != "failed" && status != "cancelled" &&
           json_count(json_member(report, "counts"), "failed") == 0;
}

ExitCode run(const CompactArguments& arguments) {
    check(arguments);
    StopSignals stop;
    HttpClient::Timeouts timeouts;
    if (arguments.dry_run) {
        // All is folded again before there is an answer.
        timeouts.answer = std::chrono::hours(24);
    }
    HttpClient client(arguments.client.server(), timeouts, &stop);
    auto report = send(client, arguments).body;
    if (!arguments.dry_run && !arguments.no_wait) {
        report = follow_compaction(client, stop, std::move(report));
    }
    print_report(arguments, report);
    return went_well(report) ? ExitCode::ok : ExitCode::refused;
}

}  // namespace

void add_compact_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<CompactArguments>();
    auto& command = *program.add_subcommand(
        "compact", "Delete old events for good, once a verified snapshot stands in for them");
    command.add_option("CATEGORY", arguments->category, "The category, e.g. order")->type_name("");
    command.add_option("ID", arguments->id, "A stream's id within it; without: all its streams")
        ->type_name("");
    command.add_option("--keep-last", arguments->keep_last, "So many of the newest events stay")
        ->type_name("N");
    command.add_option("--up-to-version", arguments->up_to_version, "Nothing above it goes")
        ->type_name("VERSION");
    command.add_flag("--dry-run", arguments->dry_run,
                     "Do everything but write, and show what would go");
    command.add_flag("--all", arguments->all, "The streams of all categories with deciders");
    command.add_flag("--no-wait", arguments->no_wait, "Only begin, and print the compaction's id");
    command.add_flag("--all-lines", arguments->all_lines, "Of a dry run, more than 40 streams");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn compact order 42 --keep-last 100 --dry-run\n"
        "  firn compact order 42 --keep-last 100\n"
        "  firn compact order            (as the category's compaction.keep_last says)\n"
        "  firn compact --all --dry-run --all-lines\n"
        "\n"
        "Compaction is no archive: export first what is still needed. The category's decider must\n"
        "be declared (`firn categories set`). Nothing is deleted before the state was folded "
        "again\n"
        "from the events and found equal to what is served.\n"
        "\n"
        "Ctrl-C ends the waiting, not the compaction. The exit code is 1 if one failed.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

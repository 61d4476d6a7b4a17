#include "actors/json/scanner.hpp"
#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

namespace firn::cli {
namespace {

struct SchedulerArguments {
    ClientOptions client;
};

void print_status(const SchedulerArguments& arguments, const std::string& body) {
    if (arguments.client.json) {
        print(body + "\n");
        return;
    }
    const auto saved = json_member(body, "saved");
    const bool paused = json_member(body, "paused") == "true";
    const bool enabled = json_member(body, "enabled") == "true";
    const auto next = json_string(body, "next_scan_at");
    print(paused     ? "The scheduler is paused.\n"
          : !enabled ? "No category has compaction.enabled, so the scheduler rests.\n"
                     : "The scheduler is at work.\n");
    print("  running      " + show_count(json_count(body, "running")) + "\n");
    print("  waiting      " + show_count(json_count(body, "waiting")) + " streams\n");
    print("  rate         " + show_count(json_count(body, "events_per_second")) + " events/s\n");
    print("  saved        " + show_count(json_count(saved, "events")) + " events, " +
          show_size(json_count(saved, "bytes")) + ", of " +
          show_count(json_count(saved, "streams")) + " streams\n");
    print("  quarantined  " + show_count(json_count(body, "quarantined")) + " streams\n");
    if (!next.empty()) {
        print("  next look    " + next.substr(0, 19) + "Z\n");
    }
}

ExitCode show(const SchedulerArguments& arguments) {
    HttpClient client(arguments.client.server());
    const auto answer = client.get("/v1/scheduler");
    require_success(answer);
    print_status(arguments, answer.body);
    return ExitCode::ok;
}

ExitCode set(const SchedulerArguments& arguments, bool paused) {
    HttpClient client(arguments.client.server());
    const auto answer =
        client.send({.verb = "PATCH",
                     .target = "/v1/scheduler",
                     .body = paused ? R"({"paused":true})" : R"({"paused":false})"});
    require_success(answer);
    print_status(arguments, answer.body);
    return ExitCode::ok;
}

}  // namespace

void add_scheduler_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<SchedulerArguments>();
    auto& command = *program.add_subcommand(
        "scheduler", "Print what is compacted in the background, pause it or resume it");
    arguments->client.add_to(command);
    command.footer(
        "Categories whose compaction.enabled is true are looked at in the background; streams\n"
        "with min_events to delete are compacted as keep_last says.\n\n"
        "Examples:\n"
        "  firn scheduler\n"
        "  firn scheduler pause");
    auto& pause = *command.add_subcommand("pause", "Begin no more compactions in the background");
    auto& resume = *command.add_subcommand("resume", "Go on compacting in the background");
    arguments->client.add_to(pause);
    arguments->client.add_to(resume);
    pause.callback(
        [arguments, &chosen] { chosen = [arguments] { return set(*arguments, true); }; });
    resume.callback(
        [arguments, &chosen] { chosen = [arguments] { return set(*arguments, false); }; });
    command.callback([arguments, &command, &chosen] {
        if (command.get_subcommands().empty()) {
            chosen = [arguments] { return show(*arguments); };
        }
    });
}

}  // namespace firn::cli

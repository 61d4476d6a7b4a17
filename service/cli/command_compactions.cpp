#include "actors/json/scanner.hpp"
#include "service/cli/command.hpp"
#include "service/cli/compact/compaction_text.hpp"
#include "service/cli/compact/follow_compaction.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

#include <algorithm>
#include <cstdio>

namespace firn::cli {
namespace {

struct CompactionsArguments {
    ClientOptions client;
    std::string category;
    std::string status;
    std::uint64_t limit = 100;
    std::string id;
};

// What it is about comes last, so that the columns need not know how long names get.
void print_row(const std::string& id, const std::string& status, const std::string& deleted,
               const std::string& kept, const std::string& bytes, const std::string& started,
               const std::string& scope) {
    char columns[192];
    std::snprintf(columns, sizeof columns, "%-36s  %-10s %10s %10s %10s  %-20s  ", id.c_str(),
                  status.c_str(), deleted.c_str(), kept.c_str(), bytes.c_str(), started.c_str());
    print(columns + scope + "\n");
}

void print_report(std::string_view report) {
    // The column is as wide as the words that it mostly has.
    const auto status = json_string(report, "status");
    // Microseconds are for programs.
    const auto started = json_string(report, "started_at").substr(0, 19) + "Z";
    print_row(json_string(report, "id"), status == "awaiting_verification" ? "awaiting" : status,
              show_count(json_count(report, "events_deleted")),
              show_count(json_count(report, "events_kept")),
              show_size(json_count(report, "bytes_deleted")), started, compaction_scope(report));
}

std::string first_page(const CompactionsArguments& arguments) {
    Query query;
    query.add("limit", std::min<std::uint64_t>(arguments.limit, 1000));
    if (!arguments.category.empty()) {
        query.add("category", arguments.category);
    }
    if (!arguments.status.empty()) {
        query.add("status", arguments.status);
    }
    return "/v1/compactions" + query.text();
}

ExitCode list(const CompactionsArguments& arguments) {
    HttpClient client(arguments.client.server());
    auto target = first_page(arguments);
    std::uint64_t printed = 0;
    while (!target.empty() && printed < arguments.limit) {
        const auto page = client.get(target);
        require_success(page);
        JsonScanner reports(json_member(page.body, "compactions"));
        reports.enter_array();
        while (reports.next_element() && printed < arguments.limit) {
            const auto report = reports.take().raw;
            if (arguments.client.json) {
                print(std::string(report) + "\n");
            } else {
                if (printed == 0) {
                    print_row("COMPACTION", "STATUS", "DELETED", "KEPT", "BYTES", "STARTED", "OF");
                }
                print_report(report);
            }
            ++printed;
        }
        target = json_string(page.body, "next");
    }
    return ExitCode::ok;
}

ExitCode show(const CompactionsArguments& arguments) {
    HttpClient client(arguments.client.server());
    const auto answer = client.get(compaction_path(arguments.id));
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
    } else {
        print(indent_json(answer.body) + "\n");
    }
    return ExitCode::ok;
}

ExitCode cancel(const CompactionsArguments& arguments) {
    HttpClient client(arguments.client.server());
    const auto answer = client.send({.verb = "DELETE", .target = compaction_path(arguments.id)});
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    const auto status = json_string(answer.body, "status");
    if (status == "cancelled") {
        print(compaction_outcome(answer.body));
    } else {
        print(compaction_scope(answer.body) + ": it is " + status + "\n");
    }
    return ExitCode::ok;
}

CLI::App& add_about_one(CLI::App& compactions, const std::string& name, const std::string& what,
                        const std::shared_ptr<CompactionsArguments>& arguments) {
    auto& command = *compactions.add_subcommand(name, what);
    command.add_option("ID", arguments->id, "The compaction's id")->required()->type_name("");
    arguments->client.add_to(command);
    return command;
}

}  // namespace

void add_compactions_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<CompactionsArguments>();
    auto& compactions = *program.add_subcommand(
        "compactions", "List compactions, the newest first; show or cancel one");
    compactions.require_subcommand(0, 1);
    compactions.add_option("--category", arguments->category, "Only of this category")
        ->type_name("CATEGORY");
    compactions
        .add_option("--status", arguments->status,
                    "Only queued, running, awaiting_verification, succeeded, skipped, failed or "
                    "cancelled ones")
        ->type_name("STATUS");
    compactions.add_option("--limit", arguments->limit, "How many at most (default: 100)")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    arguments->client.add_to(compactions);
    // Runs after the one of its subcommand.
    compactions.callback([arguments, &compactions, &chosen] {
        if (compactions.get_subcommands().empty()) {
            chosen = [arguments] { return list(*arguments); };
        }
    });
    add_about_one(compactions, "show", "Print a compaction's report", arguments)
        .callback([arguments, &chosen] { chosen = [arguments] { return show(*arguments); }; });
    add_about_one(compactions, "cancel", "Take a compaction back that has not cut yet", arguments)
        .callback([arguments, &chosen] { chosen = [arguments] { return cancel(*arguments); }; });
    compactions.footer(
        "Examples:\n"
        "  firn compactions\n"
        "  firn compactions --status failed --json | jq -r .reason\n"
        "  firn compactions show 01a218c6-fa4f-7fdf-8a9a-8cb37effedfd\n"
        "  firn compactions cancel 01a218c6-fa4f-7fdf-8a9a-8cb37effedfd\n"
        "\n"
        "`firn compact` begins one. With --json: one JSON object a line.");
}

}  // namespace firn::cli

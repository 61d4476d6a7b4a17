#include "actors/json/scanner.hpp"
#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

#include <cstdio>

namespace firn::cli {
namespace {

struct SubscriptionsArguments {
    ClientOptions client;
    std::string name;
};

// The name comes last, so that the columns need not know how long names get.
void print_row(const std::string& lag, const std::string& seconds, const std::string& checkpoint,
               const std::string& name) {
    char columns[96];
    std::snprintf(columns, sizeof columns, "%12s %12s %12s  ", lag.c_str(), seconds.c_str(),
                  checkpoint.c_str());
    print(columns + name + "\n");
}

void print_subscription(std::string_view subscription) {
    const auto lag = json_member(subscription, "lag");
    // Counting ends somewhere, and then there are at least so many.
    const auto* at_least = json_member(lag, "exact") == "false" ? ">" : "";
    print_row(at_least + show_count(json_count(lag, "events")),
              show_count(json_count(lag, "seconds")) + " s",
              show_count(json_count(subscription, "checkpoint")),
              json_string(subscription, "name"));
}

ExitCode list(const SubscriptionsArguments& arguments) {
    HttpClient client(arguments.client.server());
    bool titled = false;
    std::string target = "/v1/subscriptions?limit=1000";
    while (!target.empty()) {
        const auto page = client.get(target);
        require_success(page);
        JsonScanner subscriptions(json_member(page.body, "subscriptions"));
        subscriptions.enter_array();
        while (subscriptions.next_element()) {
            const auto subscription = subscriptions.take().raw;
            if (arguments.client.json) {
                print(std::string(subscription) + "\n");
                continue;
            }
            if (!titled) {
                titled = true;
                print_row("LAG", "FOR", "CHECKPOINT", "SUBSCRIPTION");
            }
            print_subscription(subscription);
        }
        target = json_string(page.body, "next");
    }
    return ExitCode::ok;
}

ExitCode remove(const SubscriptionsArguments& arguments) {
    HttpClient client(arguments.client.server());
    require_success(client.send({.verb = "DELETE", .target = subscription_path(arguments.name)}));
    print("subscription " + arguments.name + " is deleted\n");
    return ExitCode::ok;
}

}  // namespace

void add_subscriptions_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<SubscriptionsArguments>();
    auto& subscriptions = *program.add_subcommand(
        "subscriptions", "List durable subscriptions and how far behind they are, or delete one");
    subscriptions.require_subcommand(0, 1);
    arguments->client.add_to(subscriptions);
    // Runs after the one of its subcommand.
    subscriptions.callback([arguments, &subscriptions, &chosen] {
        if (subscriptions.get_subcommands().empty()) {
            chosen = [arguments] { return list(*arguments); };
        }
    });
    auto& remove_command =
        *subscriptions.add_subcommand("delete", "Delete a subscription, and how far it was");
    remove_command.add_option("NAME", arguments->name, "The subscription")
        ->required()
        ->type_name("");
    arguments->client.add_to(remove_command);
    remove_command.callback(
        [arguments, &chosen] { chosen = [arguments] { return remove(*arguments); }; });
    subscriptions.footer(
        "Examples:\n"
        "  firn subscriptions\n"
        "  firn subscriptions --json | jq 'select(.lag.seconds > 60) | .name'\n"
        "  firn subscriptions delete invoices\n"
        "\n"
        "LAG: events that were not acknowledged, FOR: since the oldest of them was recorded.\n"
        "`firn subscribe` makes subscriptions. With --json: one JSON object a line.");
}

}  // namespace firn::cli

#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

namespace firn::cli {
namespace {

struct AdviseArguments {
    ClientOptions client;
    std::string category;
};

ExitCode run(const AdviseArguments& arguments) {
    HttpClient client(arguments.client.server());
    const auto answer = client.get(category_path(arguments.category) + "/advice");
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    const auto count = [&](const char* name) { return show_count(json_count(answer.body, name)); };
    print("category     " + arguments.category + "\nrecommended  a snapshot every " +
          count("recommended_every") + " events (now: " + count("current_every") + ")\n" +
          (json_member(answer.body, "pays_from_events") == "null"
               ? ""
               : "pays from    " + count("pays_from_events") + " events on\n") +
          "\n" + json_string(answer.body, "reason") + "\n");
    return ExitCode::ok;
}

}  // namespace

void add_advise_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<AdviseArguments>();
    auto& command = *program.add_subcommand(
        "advise", "Say whether snapshots pay in a category, and how often to take them");
    command.add_option("CATEGORY", arguments->category, "The category, e.g. order")
        ->required()
        ->type_name("");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn advise order\n"
        "  firn advise order --json\n"
        "\n"
        "It rests on what this server measured on the category's own streams. To follow it:\n"
        "  firn categories set order --every 200");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

#include "actors/json/scanner.hpp"
#include "service/cli/category_settings.hpp"
#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"
#include "service/http/json_object.hpp"
#include "storage/types.hpp"

#include <cstdio>
#include <optional>

namespace firn::cli {
namespace {

struct CategoriesArguments {
    ClientOptions client;
    std::string category;
    std::string lua;
    std::string decider;
    std::string settings;
    std::optional<std::uint32_t> every;
    std::optional<std::uint32_t> keep;
};

void print_row(const std::string& category, const std::string& decider, const std::string& every,
               const std::string& keep) {
    char columns[160];
    std::snprintf(columns, sizeof columns, "%-24s %-16s %10s %6s\n", category.c_str(),
                  decider.c_str(), every.c_str(), keep.c_str());
    print(columns);
}

ExitCode list(const CategoriesArguments& arguments) {
    HttpClient client(arguments.client.server());
    const auto answer = client.get("/v1/categories");
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    JsonScanner categories(json_member(answer.body, "categories"));
    categories.enter_array();
    bool titled = false;
    while (categories.next_element()) {
        const auto category = categories.take().raw;
        const auto decider = json_member(category, "decider");
        const auto snapshots = json_member(category, "snapshots");
        if (!std::exchange(titled, true)) {
            print_row("CATEGORY", "DECIDER", "EVERY", "KEEP");
        }
        print_row(
            json_string(category, "category"),
            json_string(decider, "kind") + " " + std::to_string(json_count(decider, "revision")),
            show_count(json_count(snapshots, "every")), show_count(json_count(snapshots, "keep")));
    }
    if (!titled) {
        print("no category has settings of its own; the defaults apply\n");
    }
    return ExitCode::ok;
}

// Read as text, a script is a page; as a JSON string, it is a puzzle.
void print_settings(const std::string& body) {
    const auto decider = json_member(body, "decider");
    const auto quoted = json_member(decider, "source");
    if (quoted.empty()) {
        print(indent_json(body) + "\n");
        return;
    }
    const auto at = static_cast<std::size_t>(quoted.data() - body.data());
    const auto source = json_string(decider, "source");
    print(indent_json(body.substr(0, at) + "\"(below)\"" + body.substr(at + quoted.size())) +
          "\n\nsource:\n" + source + (source.ends_with('\n') ? "" : "\n"));
}

ExitCode show(const CategoriesArguments& arguments) {
    HttpClient client(arguments.client.server());
    const auto answer = client.get(category_path(arguments.category));
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
    } else {
        print_settings(answer.body);
    }
    return ExitCode::ok;
}

SettingsChange change_of(const CategoriesArguments& arguments) {
    SettingsChange change{{}, arguments.every, arguments.keep};
    if (!arguments.lua.empty()) {
        const auto source = read_file(arguments.lua);
        if (!is_valid_utf8(source)) {
            throw CommandFailure(ExitCode::bad_input, arguments.lua + " is not UTF-8.");
        }
        JsonObject(change.decider).text("kind", "lua").text("source", source).end();
    } else if (!arguments.decider.empty()) {
        JsonObject(change.decider).text("kind", arguments.decider).end();
    }
    return change;
}

std::string asked_settings(HttpClient& client, const CategoriesArguments& arguments) {
    if (!arguments.settings.empty()) {
        auto body = read_file(arguments.settings);
        if (const auto error = validate_json(body)) {
            throw CommandFailure(ExitCode::bad_input,
                                 arguments.settings + " is not good JSON: " + described(*error));
        }
        return body;
    }
    const auto now = client.get(category_path(arguments.category));
    if (now.status != 404) {
        require_success(now);
    }
    return merged_settings(change_of(arguments), now.status == 404 ? std::string_view() : now.body);
}

void check_what_is_set(const CategoriesArguments& arguments) {
    const bool decider = !arguments.lua.empty() || !arguments.decider.empty();
    const bool single = decider || arguments.every || arguments.keep;
    const auto* const mistake =
        !arguments.lua.empty() && !arguments.decider.empty() ? "Use either --lua or --decider."
        : !arguments.settings.empty() && single ? "--settings replaces everything; use it alone."
        : arguments.settings.empty() && !single
            ? "Say what to set: --lua, --decider, --every, --keep, or --settings for all at once."
            : nullptr;
    if (mistake != nullptr) {
        throw CommandFailure(ExitCode::usage, mistake);
    }
}

ExitCode set(const CategoriesArguments& arguments) {
    check_what_is_set(arguments);
    HttpClient client(arguments.client.server());
    auto body = asked_settings(client, arguments);
    const auto answer = client.send(
        {.verb = "PUT", .target = category_path(arguments.category), .body = std::move(body)});
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    const auto decider = json_member(answer.body, "decider");
    const auto snapshots = json_member(answer.body, "snapshots");
    const auto every = json_count(snapshots, "every");
    print("category " + arguments.category + ": decider " + json_string(decider, "kind") +
          ", revision " + std::to_string(json_count(decider, "revision")) + "; " +
          (every == 0 ? std::string("no automatic snapshots")
                      : "a snapshot every " + show_count(every) + " events") +
          ", " + show_count(json_count(snapshots, "keep")) + " kept\n");
    return ExitCode::ok;
}

ExitCode remove(const CategoriesArguments& arguments) {
    HttpClient client(arguments.client.server());
    require_success(client.send({.verb = "DELETE", .target = category_path(arguments.category)}));
    print("category " + arguments.category + " is back at the defaults\n");
    return ExitCode::ok;
}

using Run = ExitCode (*)(const CategoriesArguments&);

void choose(CLI::App& command, const std::shared_ptr<CategoriesArguments>& arguments, Run run,
            Action& chosen) {
    command.callback(
        [arguments, run, &chosen] { chosen = [arguments, run] { return run(*arguments); }; });
}

void add_name(CLI::App& command, CategoriesArguments& arguments) {
    command.add_option("CATEGORY", arguments.category, "The category, e.g. order")
        ->required()
        ->type_name("");
}

void add_set_command(CLI::App& categories, const std::shared_ptr<CategoriesArguments>& arguments,
                     Action& chosen) {
    auto& command = *categories.add_subcommand("set", "Set a category's decider and policy");
    add_name(command, *arguments);
    command.add_option("--lua", arguments->lua, "A Lua decider: a file, or - for standard input")
        ->type_name("FILE");
    command.add_option("--decider", arguments->decider, "merge_patch, json_patch or external")
        ->type_name("KIND");
    command.add_option("--every", arguments->every, "Events between two snapshots; 0: none")
        ->type_name("N");
    command.add_option("--keep", arguments->keep, "Snapshots that stay")->type_name("N");
    command
        .add_option("--settings", arguments->settings,
                    "All settings as JSON, in place of what there is: a file, or -")
        ->type_name("FILE");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn categories set account --lua account.lua\n"
        "  firn categories set order --every 200 --keep 3\n"
        "\n"
        "  firn categories set order --settings order.json\n"
        "\n"
        "What is not named stays as it is; --settings replaces all. A changed decider gets a new\n"
        "revision, and states are folded again from their events.\n"
        "\n"
        "A Lua decider is a file like this:\n"
        "  initial = {balance = 0}\n"
        "  function evolve(state, event)\n"
        "    if event.type == \"Deposited\" then\n"
        "      state.balance = state.balance + event.data.amount\n"
        "    end\n"
        "    return state\n"
        "  end\n"
        "  function decide(state, command)  -- only if there are commands\n"
        "    if command.data.amount <= 0 then reject(\"nothing to deposit\") end\n"
        "    return {{type = \"Deposited\", data = {amount = command.data.amount}}}\n"
        "  end");
    choose(command, arguments, &set, chosen);
}

}  // namespace

void add_categories_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<CategoriesArguments>();
    auto& categories = *program.add_subcommand(
        "categories", "List, show, set or remove what applies to a category's streams");
    categories.require_subcommand(0, 1);
    arguments->client.add_to(categories);
    // Runs after the ones of its subcommands.
    categories.callback([arguments, &categories, &chosen] {
        if (categories.get_subcommands().empty()) {
            chosen = [arguments] { return list(*arguments); };
        }
    });
    add_set_command(categories, arguments, chosen);
    auto& show_command = *categories.add_subcommand("show", "Print a category's settings");
    add_name(show_command, *arguments);
    arguments->client.add_to(show_command);
    choose(show_command, arguments, &show, chosen);
    auto& remove_command =
        *categories.add_subcommand("remove", "Let the defaults apply to a category again");
    add_name(remove_command, *arguments);
    arguments->client.add_to(remove_command);
    choose(remove_command, arguments, &remove, chosen);
    categories.footer(
        "Examples:\n"
        "  firn categories\n"
        "  firn categories show account\n"
        "  firn categories set account --lua account.lua\n"
        "  firn categories remove account");
}

}  // namespace firn::cli

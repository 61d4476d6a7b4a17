#include "actors/json/scanner.hpp"
#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"
#include "service/http/json_object.hpp"

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

std::string path_of(const CategoriesArguments& arguments) {
    return "/v1/categories/" + arguments.category;
}

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

ExitCode show(const CategoriesArguments& arguments) {
    HttpClient client(arguments.client.server());
    const auto answer = client.get(path_of(arguments));
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    const auto source = json_string(json_member(answer.body, "decider"), "source");
    print(indent_json(answer.body) + "\n");
    // Read as text, a script is a page; as a JSON string, it is a puzzle.
    if (!source.empty()) {
        print("\nsource:\n" + source + (source.ends_with('\n') ? "" : "\n"));
    }
    return ExitCode::ok;
}

// A decider as PUT takes it: the one asked for, else the one that is declared; none: no member.
std::string decider_json(const CategoriesArguments& arguments, std::string_view now) {
    std::string json;
    if (!arguments.lua.empty()) {
        JsonObject(json).text("kind", "lua").text("source", read_file(arguments.lua)).end();
    } else if (!arguments.decider.empty()) {
        JsonObject(json).text("kind", arguments.decider).end();
    } else if (const auto decider = json_member(now, "decider");
               json_member(decider, "declared") == "true") {
        JsonObject kept(json);
        for (const char* name : {"kind", "source", "name"}) {
            if (const auto text = json_string(decider, name); !text.empty()) {
                kept.text(name, text);
            }
        }
        kept.end();
    }
    return json;
}

// What is not asked for stays as it is, though PUT replaces everything.
std::string merged_settings(const CategoriesArguments& arguments, std::string_view now) {
    std::string json;
    JsonObject settings(json);
    if (const auto decider = decider_json(arguments, now); !decider.empty()) {
        settings.begin("decider").append(decider);
    }
    const auto snapshots = json_member(now, "snapshots");
    if (arguments.every || arguments.keep || !snapshots.empty()) {
        JsonObject policy(settings.begin("snapshots"));
        if (arguments.every || !snapshots.empty()) {
            policy.add("every",
                       arguments.every ? *arguments.every : json_count(snapshots, "every"));
        }
        if (arguments.keep || !snapshots.empty()) {
            policy.add("keep", arguments.keep ? *arguments.keep : json_count(snapshots, "keep"));
        }
        policy.end();
    }
    for (const char* name : {"compaction", "limits"}) {
        if (const auto kept = json_member(now, name); !kept.empty()) {
            settings.begin(name).append(kept);
        }
    }
    settings.end();
    return json;
}

ExitCode set(const CategoriesArguments& arguments) {
    if (!arguments.lua.empty() && !arguments.decider.empty()) {
        throw CommandFailure(ExitCode::usage, "Use either --lua or --decider.");
    }
    HttpClient client(arguments.client.server());
    std::string body;
    if (!arguments.settings.empty()) {
        body = read_file(arguments.settings);
        require_json("FILE", body);
    } else {
        const auto now = client.get(path_of(arguments));
        if (now.status != 404) {
            require_success(now);
        }
        body = merged_settings(arguments, now.status == 404 ? std::string_view{} : now.body);
    }
    const auto answer =
        client.send({.verb = "PUT", .target = path_of(arguments), .body = std::move(body)});
    require_success(answer);
    if (arguments.client.json) {
        print_answer(answer);
        return ExitCode::ok;
    }
    const auto decider = json_member(answer.body, "decider");
    const auto snapshots = json_member(answer.body, "snapshots");
    print("category " + arguments.category + ": decider " + json_string(decider, "kind") +
          ", revision " + std::to_string(json_count(decider, "revision")) + "; a snapshot every " +
          show_count(json_count(snapshots, "every")) + " events, " +
          show_count(json_count(snapshots, "keep")) + " kept\n");
    return ExitCode::ok;
}

ExitCode remove(const CategoriesArguments& arguments) {
    HttpClient client(arguments.client.server());
    require_success(client.send({.verb = "DELETE", .target = path_of(arguments)}));
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
    command.add_option("--keep", arguments->keep, "Automatic snapshots that stay")->type_name("N");
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
        "What is not named stays as it is. A changed decider gets a new revision, and states are\n"
        "folded again from their events.");
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

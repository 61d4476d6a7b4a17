#include "actors/json/scanner.hpp"
#include "service/cli/command.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

#include <algorithm>

namespace firn::cli {
namespace {

std::string shown(const std::string& name, const std::string& json) {
    std::string scratch;
    if (const auto text = as_string({JsonKind::string, json}, scratch);
        json.starts_with('"') && text) {
        return std::string(*text);
    }
    const auto number = as_uint64({JsonKind::number, json});
    if (!number) {
        return json;
    }
    return name.find("bytes") == std::string::npos ? show_count(*number) : show_size(*number);
}

ExitCode run(const ClientOptions& options) {
    HttpClient client(options.server());
    const auto answer = client.get("/v1/stats");
    require_success(answer);
    if (options.json) {
        print(answer.body);
        print(answer.body.ends_with('\n') ? "" : "\n");
        return ExitCode::ok;
    }
    const auto rows = flatten_json(answer.body);
    std::size_t width = 0;
    for (const auto& row : rows) {
        width = std::max(width, row.first.size());
    }
    for (const auto& [name, json] : rows) {
        print(name + std::string(width - name.size() + 2, ' ') + shown(name, json) + "\n");
    }
    return ExitCode::ok;
}

}  // namespace

void add_stats_command(CLI::App& program, Action& chosen) {
    auto options = std::make_shared<ClientOptions>();
    auto& command = *program.add_subcommand("stats", "Print what the server holds and does");
    options->add_to(command);
    command.footer(
        "Examples:\n"
        "  firn stats\n"
        "  firn stats --json | jq .events");
    command.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace firn::cli

#include "service/cli/command.hpp"
#include "service/cli/import/import_run.hpp"
#include "service/cli/import/progress_bar.hpp"
#include "service/cli/quantity.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdio>

#include <unistd.h>

namespace firn::cli {
namespace {

struct ImportArguments {
    ClientOptions client;
    std::string file;
    std::string category;
    ImportFields fields;
    std::size_t connections = 16;
};

void print_summary(const ImportCounters& counters, double seconds, bool json) {
    const auto done = counters.appended + counters.skipped;
    const auto rate = static_cast<double>(done) / std::max(seconds, 1e-6);
    char text[512];
    if (json) {
        std::snprintf(text, sizeof text,
                      "{\"events_read\":%llu,\"events_appended\":%llu,\"events_skipped\":%llu,"
                      "\"streams\":%llu,\"seconds\":%.3f,\"events_per_second\":%.0f}\n",
                      static_cast<unsigned long long>(counters.read),
                      static_cast<unsigned long long>(counters.appended),
                      static_cast<unsigned long long>(counters.skipped),
                      static_cast<unsigned long long>(counters.streams), seconds, rate);
    } else {
        std::snprintf(text, sizeof text,
                      "%s events of %s streams in %.1f s (%s events/s): %s appended, %s there "
                      "already\n",
                      show_count(counters.read).c_str(), show_count(counters.streams).c_str(),
                      seconds, show_count(static_cast<std::uint64_t>(rate)).c_str(),
                      show_count(counters.appended).c_str(), show_count(counters.skipped).c_str());
    }
    print(text);
}

// What a person needs to know besides the cause: how far it came, and that it can go on.
CommandFailure interrupted(const CommandFailure& failure, const ImportCounters& counters) {
    return {failure.code(), std::string(failure.what()) + "\n" +
                                show_count(counters.appended + counters.skipped) +
                                " events are on the server, " + show_count(counters.appended) +
                                " of them appended now. Once the cause is mended, repeating the "
                                "same command goes on from there."};
}

ExitCode run(const ImportArguments& arguments) {
    if (!is_valid_category(arguments.category)) {
        throw CommandFailure(ExitCode::usage,
                             "\"" + arguments.category +
                                 "\" is not a category: 1 to 64 letters, digits, _, . or -, "
                                 "beginning with a letter or digit.");
    }
    ImportConfig config;
    config.server = arguments.client.server();
    config.category = arguments.category;
    config.fields = arguments.fields;
    config.connections = arguments.connections;
    config.warn = [](std::string_view sentence) {
        // On a terminal, the sentence takes the place of the bar, which is drawn anew below.
        const char* clear = ::isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "";
        std::fprintf(stderr, "%sfirn: %.*s.\n", clear, static_cast<int>(sentence.size()),
                     sentence.data());
    };

    InputText input(arguments.file);
    // A server that is not there is told before the first line is read.
    static_cast<void>(HttpClient(config.server).get("/livez"));
    ImportCounters counters;
    const auto begun = std::chrono::steady_clock::now();
    try {
        const ProgressBar bar(counters);
        run_import(config, input, counters);
    } catch (const CommandFailure& failure) {
        throw interrupted(failure, counters);
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begun;
    print_summary(counters, elapsed.count(), arguments.client.json);
    return ExitCode::ok;
}

}  // namespace

void add_import_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<ImportArguments>();
    auto& command = *program.add_subcommand(
        "import", "Append a file of events, one JSON object a line, to their streams");
    command
        .add_option("FILE", arguments->file, "The events, also as .zst or .gz; - is standard input")
        ->required()
        ->type_name("");
    command.add_option("--category", arguments->category, "The category of all streams")
        ->required()
        ->type_name("CATEGORY");
    command.add_option("--id-field", arguments->fields.id, "The member that holds a stream's id")
        ->required()
        ->type_name("NAME");
    command
        .add_option("--type-field", arguments->fields.type,
                    "The member that holds an event's type (default: type)")
        ->type_name("NAME");
    command.add_option("--connections", arguments->connections, "Requests at a time (default: 16)")
        ->check(CLI::Range(1, 256))
        ->type_name("N");
    arguments->client.add_to(command);
    command.footer(
        "An event's data is the line's member \"data\", byte for byte; without one, all members\n"
        "that are not the id, the type or \"metadata\".\n"
        "\n"
        "The k-th event of a stream is appended only at version k-1. So the command can be\n"
        "repeated: what is there already is compared and skipped, the rest is appended.\n"
        "\n"
        "Examples:\n"
        "  firn import orders.ndjson --category order --id-field order_id\n"
        "  firn import history.ndjson.zst --category file --id-field stream\n"
        "  zcat log.gz | firn import - --category session --id-field session --type-field kind");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

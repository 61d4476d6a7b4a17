#include "service/cli/command.hpp"
#include "service/cli/import/import_progress.hpp"
#include "service/cli/import/import_request.hpp"
#include "service/cli/progress_bar.hpp"
#include "service/cli/quantity.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

#include <unistd.h>

namespace firn::cli {
namespace {

struct ImportArguments {
    ClientOptions client;
    std::string file;
    std::string category;
    ImportFields fields;
};

void print_json_summary(const ImportCounters& counters, std::optional<std::size_t> streams,
                        double seconds, double rate) {
    char text[512];
    std::snprintf(text, sizeof text,
                  "{\"events_read\":%llu,\"events_appended\":%llu,\"events_skipped\":%llu,",
                  static_cast<unsigned long long>(counters.events),
                  static_cast<unsigned long long>(counters.appended),
                  static_cast<unsigned long long>(counters.skipped));
    print(text);
    if (streams) {
        print("\"streams\":" + std::to_string(*streams) + ",");
    }
    std::snprintf(text, sizeof text, "\"seconds\":%.3f,\"events_per_second\":%.0f}\n", seconds,
                  rate);
    print(text);
}

void print_summary(const ImportCounters& counters, std::optional<std::size_t> streams,
                   double seconds, bool json) {
    const auto rate = static_cast<double>(counters.events) / std::max(seconds, 1e-6);
    if (json) {
        print_json_summary(counters, streams, seconds, rate);
        return;
    }
    char text[512];
    std::snprintf(text, sizeof text,
                  "%s events%s in %.1f s (%s events/s): %s appended, %s there already\n",
                  show_count(counters.events).c_str(),
                  streams ? (" of " + show_count(*streams) + " streams").c_str() : "", seconds,
                  show_count(static_cast<std::uint64_t>(rate)).c_str(),
                  show_count(counters.appended).c_str(), show_count(counters.skipped).c_str());
    print(text);
}

// What a person needs to know besides the cause: how far it came, and that it can go on. The server
// says so each second, and may have come further.
std::string how_far(const ImportCounters& counters) {
    return "At least " + show_count(counters.appended + counters.skipped) +
           " events are on the server, " + show_count(counters.appended) +
           " of them appended now. ";
}

CommandFailure interrupted(const CommandFailure& failure, const ImportCounters& counters) {
    return {failure.code(), std::string(failure.what()) + "\n" + how_far(counters) +
                                "Once the cause is mended, repeating the same command goes on "
                                "from there."};
}

void warn(std::string_view sentence) {
    // On a terminal, the sentence takes the place of the bar, which is drawn anew below.
    const char* clear = ::isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "";
    std::fprintf(stderr, "%sfirn: %.*s.\n", clear, static_cast<int>(sentence.size()),
                 sentence.data());
}

void check(const ImportArguments& arguments) {
    if (arguments.category.empty() != arguments.fields.id.empty()) {
        throw CommandFailure(ExitCode::usage,
                             "--category and --id-field belong together: for lines that do not say "
                             "their stream as an export's do.");
    }
    if (!arguments.category.empty() && !is_valid_category(arguments.category)) {
        throw CommandFailure(ExitCode::usage,
                             "\"" + arguments.category +
                                 "\" is not a category: 1 to 64 letters, digits, _, . or -, "
                                 "beginning with a letter or digit.");
    }
}

void import(const ImportTarget& target, ImportBody& body, ImportCounters& counters) {
    const ProgressBar bar([&counters](auto elapsed, auto columns) {
        return progress_line(counters, elapsed, columns);
    });
    run_import(target, body, counters);
}

ExitCode run(const ImportArguments& arguments) {
    check(arguments);
    StopSignals stop;
    const ImportTarget target{arguments.client.server(), &stop};
    // A server that is not there is told before the first line is read.
    static_cast<void>(HttpClient(target.server, {}, &stop).get("/livez"));
    std::unique_ptr<ExportedBody> exported;
    std::unique_ptr<ForeignBody> foreign;
    if (arguments.category.empty()) {
        exported = std::make_unique<ExportedBody>(arguments.file, &stop);
    } else {
        foreign = std::make_unique<ForeignBody>(
            arguments.file, ForeignBody::Form{arguments.category, arguments.fields, warn}, &stop);
    }
    ImportCounters counters;
    const auto begun = std::chrono::steady_clock::now();
    try {
        import(target, exported ? static_cast<ImportBody&>(*exported) : *foreign, counters);
    } catch (const CommandFailure& failure) {
        throw interrupted(failure, counters);
    } catch (const Stopped&) {
        std::fprintf(stderr, "firn: %sRepeating the same command goes on from there.\n",
                     how_far(counters).c_str());
        throw;
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begun;
    print_summary(counters, foreign ? std::optional(foreign->streams()) : std::nullopt,
                  elapsed.count(), arguments.client.json);
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
    command
        .add_option("--category", arguments->category,
                    "The category of all streams, if FILE is no export")
        ->type_name("CATEGORY");
    command.add_option("--id-field", arguments->fields.id, "The member that holds a stream's id")
        ->type_name("NAME");
    command
        .add_option("--type-field", arguments->fields.type,
                    "The member that holds an event's type (default: type)")
        ->type_name("NAME");
    arguments->client.add_to(command);
    command.footer(
        "FILE is what `firn export` writes, or holds lines of that form:\n"
        "  {\"stream\": {\"category\": \"order\", \"id\": \"42\"}, \"version\": 1, "
        "\"type\": \"Placed\",\n"
        "   \"data\": {\"total\": 30}}\n"
        "Only the stream and the type are needed. Where a line states its version, it is compared\n"
        "and passed over if it is there already: so the import can be repeated, and goes on where\n"
        "another one ended. Lines without version and id are appended each time.\n"
        "\n"
        "Lines of another form need --category and --id-field. An event's data is then the member\n"
        "\"data\", byte for byte; without one, all members that are not the id, the type or\n"
        "\"metadata\". The k-th event of a stream states version k.\n"
        "\n"
        "Examples:\n"
        "  firn import backup.ndjson.zst\n"
        "  firn import orders.ndjson --category order --id-field order_id\n"
        "  firn import history.ndjson.zst --category file --id-field stream\n"
        "  zcat log.gz | firn import - --category session --id-field session --type-field kind");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

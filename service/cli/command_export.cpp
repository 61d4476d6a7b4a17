#include "service/cli/command.hpp"
#include "service/cli/export/event_count.hpp"
#include "service/cli/export/export_file.hpp"
#include "service/cli/http_stream.hpp"
#include "service/cli/line_output.hpp"
#include "service/cli/progress_bar.hpp"
#include "service/cli/quantity.hpp"
#include "service/cli/refusal.hpp"

#include <chrono>
#include <cstdio>
#include <optional>

namespace firn::cli {
namespace {

struct ExportArguments {
    ClientOptions client;
    std::string file = "-";
    std::vector<std::string> categories;
    std::optional<std::uint64_t> after;
    bool zstd = false;
    bool gzip = false;
    bool force = false;

    [[nodiscard]] bool to_file() const { return file != "-"; }
    [[nodiscard]] ContentEncoding encoding() const {
        if (zstd || gzip) {
            return zstd ? ContentEncoding::zstd : ContentEncoding::gzip;
        }
        return file.ends_with(".zst")  ? ContentEncoding::zstd
               : file.ends_with(".gz") ? ContentEncoding::gzip
                                       : ContentEncoding::identity;
    }
};

StreamAsk ask_of(const ExportArguments& arguments) {
    Query query;
    if (arguments.after) {
        query.add("after", *arguments.after);
    }
    for (const auto& category : arguments.categories) {
        query.add("category", category);
    }
    StreamAsk ask{"/v1/export" + query.text(), {{"Accept", "application/x-ndjson"}}, nullptr};
    if (arguments.encoding() != ContentEncoding::identity) {
        ask.fields.push_back({"Accept-Encoding", std::string(name_of(arguments.encoding()))});
    }
    return ask;
}

void require_export(HttpStream& stream, ContentEncoding encoding) {
    if (stream.status() != 200) {
        throw refusal(stream.rest());
    }
    const auto came = stream.content_encoding();
    const auto asked = encoding == ContentEncoding::identity ? "" : name_of(encoding);
    if (came != asked && !(asked.empty() && came == "identity")) {
        throw CommandFailure(ExitCode::refused,
                             "The server, or what is in front of it, does not "
                             "send " +
                                 std::string(name_of(encoding)) + ".");
    }
}

std::string progress(const EventCount& count, std::chrono::duration<double> elapsed,
                     std::size_t columns) {
    const auto rate = static_cast<double>(count.count()) / std::max(elapsed.count(), 0.001);
    auto line = show_count(count.count()) + " events, " + show_size(count.bytes()) + ", " +
                show_count(static_cast<std::uint64_t>(rate)) + "/s";
    // A line that reaches the last column would make the terminal scroll.
    line.resize(std::min(line.size(), columns == 0 ? 0 : columns - 1));
    return line;
}

std::string summary(const EventCount& count, double seconds, bool json) {
    char text[256];
    if (json) {
        std::snprintf(text, sizeof text, "{\"events\":%llu,\"bytes\":%llu,\"seconds\":%.3f}\n",
                      static_cast<unsigned long long>(count.count()),
                      static_cast<unsigned long long>(count.bytes()), seconds);
    } else {
        const auto rate = static_cast<double>(count.count()) / std::max(seconds, 1e-6);
        std::snprintf(text, sizeof text, "%s events, %s in %.1f s (%s events/s)\n",
                      show_count(count.count()).c_str(), show_size(count.bytes()).c_str(), seconds,
                      show_count(static_cast<std::uint64_t>(rate)).c_str());
    }
    return text;
}

void pass_on(HttpStream& stream, EventCount& count, LineOutput& output,
             std::optional<ExportFile>& file) {
    const ProgressBar bar(
        [&count](auto elapsed, auto columns) { return progress(count, elapsed, columns); });
    for (auto piece = stream.read(); !piece.empty(); piece = stream.read()) {
        count.add(piece);
        if (file) {
            file->write(piece);
        } else {
            output.write_text(piece);
        }
    }
    count.finish();
    output.flush();
    if (file) {
        file->finish();
    }
}

ExitCode run(const ExportArguments& arguments) {
    StopSignals stop;
    LineOutput output(stop);
    std::optional<ExportFile> file;
    if (arguments.to_file()) {
        file.emplace(arguments.file, arguments.force);
    }
    const auto begun = std::chrono::steady_clock::now();
    // Far behind the first event of a rare category, the server has nothing to send for long.
    constexpr HttpStream::Timeouts timeouts{.silence = std::chrono::minutes(10)};
    HttpStream stream(arguments.client.server(), ask_of(arguments), timeouts, &stop);
    require_export(stream, arguments.encoding());
    EventCount count(arguments.encoding());
    pass_on(stream, count, output, file);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begun;
    const auto text = summary(count, elapsed.count(), arguments.client.json);
    // Standard output may be the export itself.
    std::fputs(text.c_str(), file ? stdout : stderr);
    return ExitCode::ok;
}

}  // namespace

void add_export_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<ExportArguments>();
    auto& command =
        *program.add_subcommand("export", "Write all events, one JSON object a line, to a file");
    command.add_option("FILE", arguments->file, "Where to; - or nothing is standard output")
        ->type_name("");
    command.add_option("--category", arguments->categories, "Only of this category; may repeat")
        ->type_name("CATEGORY")
        ->allow_extra_args(false);
    command.add_option("--after", arguments->after, "Only what follows this position")
        ->type_name("POSITION");
    auto* zstd = command.add_flag("--zstd", arguments->zstd,
                                  "Compressed by zstd (a FILE that ends with .zst is anyway)");
    command
        .add_flag("--gzip", arguments->gzip,
                  "Compressed by gzip (a FILE that ends with .gz is anyway)")
        ->excludes(zstd);
    command.add_flag("--force", arguments->force, "Replace FILE if it is there already");
    arguments->client.add_to(command);
    command.footer(
        "Examples:\n"
        "  firn export backup.ndjson.zst\n"
        "  firn export orders.ndjson --category order --category stock\n"
        "  firn export | jq -c 'select(.type == \"Placed\")'\n"
        "  firn export --zstd | ssh elsewhere 'firn import -'\n"
        "\n"
        "What was appended before the export began is in it, in the order of the positions.\n"
        "`firn import` takes it. FILE appears when it is whole: one that is cut short never looks\n"
        "like an export. Where events were compacted away, the snapshot that stands for them is\n"
        "in their place; an import passes it over.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

#include "actors/json/scanner.hpp"
#include "service/cli/archive/archive_proof.hpp"
#include "service/cli/command.hpp"
#include "service/cli/isolated.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/quantity.hpp"
#include "service/http/json_object.hpp"
#include "storage/journaled/verify.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace firn::cli {
namespace {

struct VerifyArguments {
    std::string directory;
    std::string archive;
    ClientOptions client;
};

void append_problems(JsonObject& object, const std::vector<std::string>& problems) {
    auto& out = object.begin("problems");
    out.push_back('[');
    for (const auto& problem : problems) {
        out += out.back() == '[' ? "" : ",";
        append_json_string(out, problem);
    }
    out.push_back(']');
}

// What the child finds, as one JSON object: the report, or why there is none.
std::string report_as_json(const VerifyReport& report) {
    std::string out;
    JsonObject object(out);
    object.flag("sound", report.problems.empty())
        .add("streams", report.streams)
        .add("deleted_streams", report.deleted_streams)
        .add("events", report.events)
        .add("chunks", report.chunks)
        .add("journal_records", report.journal_records)
        .add("ids", report.ids)
        .add("head_position", report.head.value())
        .add("problem_count", report.problem_count);
    append_problems(object, report.problems);
    object.end();
    return out;
}

std::string damage_as_json(std::string_view problem) {
    std::string out = "{\"sound\":false,\"problem_count\":1,\"problems\":[";
    append_json_string(out, problem);
    return out + "]}";
}

std::string verify(const std::string& directory) {
    try {
        return report_as_json(verify_store(directory));
    } catch (const StorageFailure& failure) {
        if (failure.cause() == StorageFailure::Cause::damaged) {
            return damage_as_json(failure.what());
        }
        throw;
    }
}

void print_sound(const std::string& directory, std::string_view report) {
    const auto count = [&](const char* name) { return show_count(json_count(report, name)); };
    print(directory + " is sound: " + count("events") + " events in " + count("streams") +
          " streams, head position " + count("head_position") + "; checked " + count("chunks") +
          " chunks, " + count("journal_records") + " journal records and " + count("ids") +
          " event ids\n");
}

void print_problems(const std::string& directory, std::string_view report) {
    std::fflush(stdout);
    std::fprintf(stderr, "firn: %s is damaged:\n", directory.c_str());
    JsonScanner problems(json_member(report, "problems"));
    problems.enter_array();
    std::string scratch;
    std::uint64_t shown = 0;
    for (; problems.next_element(); ++shown) {
        const std::string problem(as_string(problems.take(), scratch).value_or(""));
        std::fprintf(stderr, "  %s\n", problem.c_str());
    }
    const auto count = json_count(report, "problem_count");
    if (count > shown) {
        std::fprintf(stderr, "  and %s more\n", show_count(count - shown).c_str());
    }
}

std::string findings_as_json(const ArchiveFindings& findings) {
    std::string out;
    JsonObject object(out);
    object.flag("proven", findings.problems.empty())
        .add("streams", findings.streams)
        .add("events", findings.events)
        .add("proven_streams", findings.proven_streams)
        .add("proven_events", findings.proven_events)
        .add("deleted_events", findings.deleted_events);
    append_problems(object, findings.problems);
    object.end();
    return out;
}

ExitCode prove(const VerifyArguments& arguments) {
    constexpr std::size_t problems_shown = 20;
    InputText input(arguments.archive);
    const auto findings = ArchiveProof(HttpClient(arguments.client.server())).prove(input);
    const auto& problems = findings.problems;
    if (arguments.client.json) {
        print(findings_as_json(findings) + "\n");
    } else if (problems.empty()) {
        print(arguments.archive + " is proven: " + show_count(findings.proven_events) +
              " events of " + show_count(findings.proven_streams) +
              " streams are those that the server had; it holds " +
              show_count(findings.deleted_events) + " of them no longer\n");
    } else {
        std::fflush(stdout);
        std::fprintf(stderr, "firn: %s is not proven, %s of its %s streams are not:\n",
                     arguments.archive.c_str(), show_count(problems.size()).c_str(),
                     show_count(findings.streams).c_str());
        for (std::size_t i = 0; i != std::min(problems.size(), problems_shown); ++i) {
            std::fprintf(stderr, "  %s\n", problems[i].c_str());
        }
        if (problems.size() > problems_shown) {
            std::fprintf(stderr, "  and %s more\n",
                         show_count(problems.size() - problems_shown).c_str());
        }
    }
    return problems.empty() ? ExitCode::ok : ExitCode::damaged;
}

ExitCode run(const VerifyArguments& arguments) {
    if (arguments.directory.empty() == arguments.archive.empty()) {
        throw CommandFailure(ExitCode::usage,
                             "Say what to verify: a data directory, or --archive and a file.");
    }
    if (!arguments.archive.empty()) {
        return prove(arguments);
    }
    // A mistyped path is no damage.
    if (std::error_code ignored; !std::filesystem::is_directory(arguments.directory, ignored)) {
        throw CommandFailure(ExitCode::cannot_start,
                             "There is no directory " + arguments.directory + ".");
    }
    const auto checked = run_isolated([&] { return verify(arguments.directory); });
    auto report = checked.text;
    if (checked.end == Isolated::End::threw) {
        throw CommandFailure(ExitCode::cannot_start, checked.text);
    }
    if (checked.end == Isolated::End::crashed) {
        const char* name = checked.signal == 0 ? "an abort" : ::strsignal(checked.signal);
        report = damage_as_json(std::string("reading a damaged file ended in a crash (") + name +
                                "): a page of the settled data points to a wrong place");
    }
    const bool sound = json_member(report, "sound") == "true";
    if (arguments.client.json) {
        print(report + "\n");
    } else if (sound) {
        print_sound(arguments.directory, report);
    } else {
        print_problems(arguments.directory, report);
    }
    return sound ? ExitCode::ok : ExitCode::damaged;
}

}  // namespace

void add_verify_command(CLI::App& program, Action& chosen) {
    auto arguments = std::make_shared<VerifyArguments>();
    auto& command = *program.add_subcommand(
        "verify", "Check a data directory that is not served, or an exported file");
    command.add_option("DIR", arguments->directory, "The data directory")->type_name("");
    command
        .add_option("--archive", arguments->archive,
                    "Prove that this export holds what a server's streams were made of")
        ->type_name("FILE");
    arguments->client.add_to(command);
    command.footer(
        "Reads every record and checks checksums, versions, hash chains, positions and counts.\n"
        "It changes nothing. Pages of the settled data carry no checksum of their own, only the\n"
        "records in them do: where a damaged page makes reading crash, that is reported as "
        "damage,\n"
        "and pages that hold no record are not looked at.\n"
        "\n"
        "An archive is proven by the chain hashes that the server has of its streams, also where\n"
        "compaction has deleted their events since.\n"
        "\n"
        "Examples:\n"
        "  firn verify ./firn-data\n"
        "  firn verify /var/lib/firn --json | jq .problems\n"
        "  firn verify --archive history.ndjson.zst --url http://127.0.0.1:7070\n"
        "\n"
        "Damage, or an archive that is not proven: exit code 4. A directory in use or of a newer "
        "format: 6.");
    command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace firn::cli

#include "service/cli/command.hpp"

#include "actors/json/scanner.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <system_error>

namespace firn::cli {
namespace {

CommandFailure output_failure() {
    return {ExitCode::bad_input,
            "Standard output cannot be written: " + std::generic_category().message(errno) + "."};
}

}  // namespace

void ClientOptions::add_to(CLI::App& command) {
    command.add_option("--url", url, "The server (FIRN_URL, else http://127.0.0.1:7070)")
        ->type_name("URL");
    command.add_flag("--json", json, "Print JSON for programs instead of text for people");
}

ServerUrl ClientOptions::server() const {
    if (!url.empty()) {
        return parse_server_url(url);
    }
    const char* variable = std::getenv("FIRN_URL");
    return parse_server_url(variable == nullptr || *variable == '\0' ? default_url : variable);
}

void FeedFilters::add_to(CLI::App& command) {
    command.add_option("--category", categories, "Only of this category; may repeat")
        ->type_name("CATEGORY")
        ->allow_extra_args(false);
    command.add_option("--type", types, "Only of this type; may repeat")
        ->type_name("TYPE")
        ->allow_extra_args(false);
    command.add_option("--id-prefix", id_prefix, "Only of streams whose id begins with this")
        ->type_name("TEXT");
}

void StreamArguments::add_to(CLI::App& command) {
    command.add_option("CATEGORY", category, "The stream's category, e.g. order")
        ->required()
        ->type_name("");
    command.add_option("ID", id, "The stream's id within it, e.g. 42")->required()->type_name("");
}

void print_answer(const HttpAnswer& answer) {
    print(answer.body);
    print(answer.body.ends_with('\n') ? "" : "\n");
}

std::string read_file(const std::string& path) {
    errno = 0;
    std::ifstream file;
    if (path != "-") {
        file.open(path, std::ios::binary);
    }
    std::istream& input = path == "-" ? std::cin : file;
    std::string text;
    char piece[65536];
    while (input.read(piece, sizeof piece) || input.gcount() != 0) {
        text.append(piece, static_cast<std::size_t>(input.gcount()));
    }
    // At the end of a file that opened and was read to it, and nowhere else.
    if (!input.eof() || input.bad()) {
        throw CommandFailure(ExitCode::bad_input, path + " cannot be read: " +
                                                      std::generic_category().message(errno) + ".");
    }
    return text;
}

void require_json(const char* flag, const std::string& text) {
    if (const auto error = validate_json(text)) {
        throw CommandFailure(ExitCode::usage, std::string(flag) + " is not good JSON at byte " +
                                                  std::to_string(error->offset + 1) + ": " +
                                                  error->reason);
    }
}

void print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
        throw output_failure();
    }
}

void flush_output() {
    if (std::fflush(stdout) != 0) {
        throw output_failure();
    }
}

}  // namespace firn::cli

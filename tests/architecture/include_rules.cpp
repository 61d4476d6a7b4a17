#include "tests/architecture/include_rules.hpp"

#include "tests/architecture/source_tree.hpp"

#include <algorithm>
#include <array>

namespace firn::architecture {
namespace {

struct Rule {
    std::string_view folder;  // files whose path starts with this …
    std::string_view except;  // … but not with this (if any) …
    std::string_view header;  // … do not include what starts with this
    std::string_view reason;
};

constexpr std::array rules{
    Rule{"storage/", "", "actors/", "storage is below the actors"},
    Rule{"storage/", "", "service/", "storage is below the service"},
    Rule{"storage/", "", "boost/asio", "storage is synchronous"},
    Rule{"storage/", "", "boost/beast", "storage knows no HTTP"},
    Rule{"storage/", "", "boost/json", "storage keeps JSON as the bytes that came in"},
    Rule{"storage/", "storage/lmdb/", "lmdb.h", "LMDB is met in storage/lmdb only"},
    Rule{"actors/", "", "service/", "the actors are below the service"},
    Rule{"actors/", "", "boost/beast", "the actors know no HTTP"},
    Rule{"actors/", "", "lmdb.h", "what is on disk is storage's business"},
    Rule{"actors/", "", "storage/lmdb/", "what is on disk is storage's business"},
    Rule{"service/", "", "lmdb.h", "what is on disk is storage's business"},
    Rule{"service/", "", "storage/lmdb/", "what is on disk is storage's business"},
    Rule{"", "tests/", "tests/", "only tests include tests"},
    Rule{"", "perf/", "perf/", "only benchmarks include benchmarks"},
};

bool concerns(const Rule& rule, std::string_view file, std::string_view header) {
    const bool excepted = !rule.except.empty() && file.starts_with(rule.except);
    return file.starts_with(rule.folder) && !excepted && header.starts_with(rule.header);
}

std::string_view trimmed_front(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text;
}

// The header that a line includes, or nothing.
std::string_view included_by(std::string_view line) {
    line = trimmed_front(line);
    if (!line.starts_with('#')) {
        return {};
    }
    line = trimmed_front(line.substr(1));
    if (!line.starts_with("include")) {
        return {};
    }
    line = trimmed_front(line.substr(std::string_view("include").size()));
    if (line.empty() || (line.front() != '"' && line.front() != '<')) {
        return {};
    }
    return line.substr(1, line.find_first_of("\">", 1) - 1);
}

}  // namespace

std::vector<std::string> includes_of(std::string_view source) {
    std::vector<std::string> includes;
    while (!source.empty()) {
        const auto end = std::min(source.find('\n'), source.size());
        if (const auto header = included_by(source.substr(0, end)); !header.empty()) {
            includes.emplace_back(header);
        }
        source.remove_prefix(std::min(end + 1, source.size()));
    }
    return includes;
}

std::vector<Violation> violations_in(std::string_view file, std::string_view source) {
    std::vector<Violation> violations;
    for (const auto& header : includes_of(source)) {
        for (const auto& rule : rules) {
            if (concerns(rule, file, header)) {
                violations.push_back({std::string(file), header, std::string(rule.reason)});
            }
        }
    }
    return violations;
}

std::vector<Violation> violations_below(const std::filesystem::path& root) {
    std::vector<Violation> violations;
    for (const auto& file : files_below(root)) {
        if (is_cpp_source(file)) {
            std::ranges::move(violations_in(file, text_of(root / file)),
                              std::back_inserter(violations));
        }
    }
    return violations;
}

}  // namespace firn::architecture

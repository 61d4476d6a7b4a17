#include "service/cli/toml_values.hpp"

#include "service/cli/exit_code.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <optional>

namespace firn::cli {
namespace {

// None: a kind of value that no setting takes.
std::optional<std::string> text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) {
        return text->get();
    }
    if (const auto* number = node.as_integer()) {
        return std::to_string(number->get());
    }
    if (const auto* flag = node.as_boolean()) {
        return flag->get() ? "true" : "false";
    }
    const auto* array = node.as_array();
    if (array == nullptr) {
        return std::nullopt;
    }
    std::string joined;
    for (const auto& item : *array) {
        const auto* text = item.as_string();
        if (text == nullptr) {
            return std::nullopt;
        }
        joined += (joined.empty() ? "" : ",") + text->get();
    }
    return joined;
}

void flatten(const toml::table& table, const std::string& prefix, const std::string& file,
             std::vector<TomlValue>& values) {
    for (const auto& [key, node] : table) {
        const auto name = prefix + std::string(key.str());
        if (const auto* inner = node.as_table()) {
            flatten(*inner, name + ".", file, values);
            continue;
        }
        const auto line = key.source().begin.line;
        auto text = text_of(node);
        if (!text) {
            throw CommandFailure(ExitCode::usage,
                                 file + ", line " + std::to_string(line) + ": " + name +
                                     " must be a string, a whole number, true, false or a list of "
                                     "strings.");
        }
        values.push_back({name, std::move(*text), line});
    }
}

}  // namespace

std::vector<TomlValue> read_toml(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        throw CommandFailure(ExitCode::usage, "The configuration file " + file.string() +
                                                  " cannot be read: " +
                                                  std::generic_category().message(errno) + ".");
    }
    try {
        std::vector<TomlValue> values;
        flatten(toml::parse(stream, file.string()), "", file.string(), values);
        std::stable_sort(values.begin(), values.end(),
                         [](const auto& a, const auto& b) { return a.line < b.line; });
        return values;
    } catch (const toml::parse_error& error) {
        throw CommandFailure(ExitCode::usage, file.string() + ", line " +
                                                  std::to_string(error.source().begin.line) + ": " +
                                                  std::string(error.description()) + ".");
    }
}

}  // namespace firn::cli

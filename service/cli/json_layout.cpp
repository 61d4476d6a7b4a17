#include "service/cli/json_layout.hpp"

#include "actors/json/scanner.hpp"

namespace firn::cli {
namespace {

void break_line(std::string& out, std::size_t level) {
    out += '\n';
    out.append(2 * level, ' ');
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void flatten(std::string_view json, const std::string& prefix, std::vector<JsonRow>& rows) {
    JsonScanner scanner(json);
    if (scanner.peek() != JsonKind::object) {
        return;
    }
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        const auto full = prefix + std::string(*name);
        const auto value = scanner.take();
        if (value.kind == JsonKind::object) {
            flatten(value.raw, full + ".", rows);
        } else {
            rows.emplace_back(full, value.raw);
        }
    }
}

JsonText member_of(std::string_view json, std::string_view name) {
    JsonScanner scanner(json);
    if (scanner.peek() != JsonKind::object) {
        return {};
    }
    scanner.enter_object();
    while (const auto member = scanner.next_member()) {
        const bool wanted = *member == name;
        const auto value = scanner.take();
        if (wanted) {
            return value;
        }
    }
    return {};
}

}  // namespace

std::string indent_json(std::string_view json) {
    if (validate_json(json)) {
        return std::string(json);
    }
    std::string out;
    std::size_t level = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string) {
            out += c;
            if (c == '\\') {
                out += json[++i];
            }
            in_string = c != '"';
        } else if (is_space(c)) {
            continue;
        } else if (c == '{' || c == '[') {
            out += c;
            const auto next = json.find_first_not_of(" \t\r\n", i + 1);
            if (json[next] == '}' || json[next] == ']') {
                out += json[next];
                i = next;
            } else {
                break_line(out, ++level);
            }
        } else if (c == '}' || c == ']') {
            break_line(out, --level);
            out += c;
        } else if (c == ',') {
            out += c;
            break_line(out, level);
        } else {
            out += c;
            if (c == ':') {
                out += ' ';
            }
            in_string = c == '"';
        }
    }
    return out;
}

std::vector<JsonRow> flatten_json(std::string_view json) {
    std::vector<JsonRow> rows;
    flatten(json, "", rows);
    return rows;
}

std::string_view json_member(std::string_view json, std::string_view name) {
    return member_of(json, name).raw;
}

std::string json_string(std::string_view json, std::string_view name) {
    std::string scratch;
    return std::string(as_string(member_of(json, name), scratch).value_or(""));
}

std::uint64_t json_count(std::string_view json, std::string_view name) {
    return as_uint64(member_of(json, name)).value_or(0);
}

}  // namespace firn::cli

#include "service/http/json_text.hpp"

#include "storage/types.hpp"

#include <algorithm>

namespace firn {

namespace {

void append_escaped(std::string& out, char c) {
    static constexpr char digits[] = "0123456789abcdef";
    switch (c) {
        case '"': out.append("\\\""); return;
        case '\\': out.append("\\\\"); return;
        case '\n': out.append("\\n"); return;
        case '\r': out.append("\\r"); return;
        case '\t': out.append("\\t"); return;
        default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
        out.push_back(c);
        return;
    }
    out.append("\\u00");
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
    });
    if (plain) {
        out.push_back('"');
        out.append(text).push_back('"');
        return;
    }
    const bool clean = is_valid_utf8(text);
    out.push_back('"');
    for (const char c : text) {
        if (!clean && static_cast<unsigned char>(c) >= 0x80) {
            out.append("\xEF\xBF\xBD");
        } else {
            append_escaped(out, c);
        }
    }
    out.push_back('"');
}

}  // namespace firn

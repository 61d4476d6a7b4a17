#include "actors/json/json_error.hpp"

namespace firn {

std::string described(const JsonError& error) {
    return error.reason + " (at \"" + error.pointer + "\", byte " + std::to_string(error.offset) +
           ")";
}

void append_pointer_token(std::string& pointer, std::string_view token) {
    pointer += '/';
    for (const char c : token) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
}

}  // namespace firn

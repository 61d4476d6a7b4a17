#include "actors/deciders/quoted.hpp"

#include "actors/json/value.hpp"

namespace firn {

std::string quoted(std::string_view text) {
    // A reason is read by a person and kept in logs and answers.
    constexpr std::size_t shown_max = 120;
    if (text.size() <= shown_max) {
        std::string whole;
        write_json_string(whole, text);
        return whole;
    }
    auto end = shown_max;
    // Not inside a UTF-8 sequence.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
        --end;
    }
    std::string shown;
    write_json_string(shown, text.substr(0, end));
    shown.insert(shown.size() - 1, "…");
    return shown;
}

}  // namespace firn

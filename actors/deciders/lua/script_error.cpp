#include "actors/deciders/lua/script_error.hpp"

#include "actors/deciders/lua/vm.hpp"
#include "storage/types.hpp"

#include <cstddef>

namespace firn::lua {

namespace {

constexpr std::size_t shown_bytes_max = 500;

bool continues_character(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
}

}  // namespace

bool is_limit(Stop stop) noexcept {
    return stop != Stop::none && stop != Stop::rejection;
}

std::string described(const ScriptError& error, const LuaLimits& limits) {
    switch (error.stop) {
        case Stop::instructions:
            return "exceeded " + std::to_string(limits.instructions_max) + " instructions";
        case Stop::time: return "exceeded " + std::to_string(limits.time_max.count()) + " ms";
        case Stop::memory:
            return "exceeded " + std::to_string(limits.memory_bytes_max) + " bytes of memory";
        case Stop::string_size:
            return "exceeded " + std::to_string(string_bytes_max) + " bytes in one string";
        case Stop::recursion: return "exceeded the depth of calls: stack overflow";
        case Stop::rejection: return "rejected: " + error.reason;
        case Stop::none: break;
    }
    return "failed: " + error.reason;
}

std::string described(std::string_view function, const ScriptError& error,
                      const LuaLimits& limits) {
    std::string text(function);
    if (error.stop != Stop::none) {
        text.append(" ").append(described(error, limits));
        return error.line == 0 ? text : text + " in line " + std::to_string(error.line);
    }
    text += " failed";
    if (error.line != 0) {
        text += " in line " + std::to_string(error.line);
    }
    return text + ": " + error.reason;
}

std::string presentable(std::string_view text) {
    std::string shown(text.substr(0, shown_bytes_max));
    if (text.size() > shown_bytes_max) {
        // Not in the middle of a character.
        auto end = shown.size();
        while (end > 0 && continues_character(text[end])) {
            --end;
        }
        shown.resize(end);
        shown += "\u2026";
    }
    if (!is_valid_utf8(shown)) {
        for (auto& c : shown) {
            c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
        }
    }
    return shown;
}

}  // namespace firn::lua

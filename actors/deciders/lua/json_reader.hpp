// JSON text to Lua values, straight from the scanner.
//
// null is a light userdata that holds zero; an integer past int64 one that holds the integer (its
// top bit is set, so they differ). Equal ones are equal to Lua, as keys too.
// Thread: a lua_State belongs to one at a time.
// Errors: JsonError. Memory must not fail meanwhile: outside of calls, or under Vm::NoFailure.
#pragma once

#include "actors/deciders/lua/lua_api.hpp"
#include "actors/json/json_error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace firn::lua {

inline void push_null(lua_State* lua) {
    lua_pushlightuserdata(lua, nullptr);
}
// `number` is past int64.
inline void push_uint64(lua_State* lua, std::uint64_t number) {
    lua_pushlightuserdata(lua, reinterpret_cast<void*>(number));
}
// The value at `index` is a light userdata: 0 is null.
[[nodiscard]] inline std::uint64_t to_uint64(lua_State* lua, int index) noexcept {
    return reinterpret_cast<std::uint64_t>(lua_touserdata(lua, index));
}

// Pushes the value that the text is. An error pushes nothing.
[[nodiscard]] std::optional<JsonError> push_json(lua_State* lua, std::string_view text);

}  // namespace firn::lua

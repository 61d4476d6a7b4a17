// The functions that a script may call: an allow-list. README.md lists them with their reasons.
// Thread: a lua_State belongs to one at a time. Errors: none; the VM is outside of calls.
#pragma once

#include "actors/deciders/lua/lua_api.hpp"

#include <cstdint>
#include <span>

namespace firn::lua {

// Pushes the table of all global names: the base library, and the others by name.
void push_environment(lua_State* lua);

// Each pushes its table.
void push_string_library(lua_State* lua);
void push_table_library(lua_State* lua);
void push_math_library(lua_State* lua);
void push_json_library(lua_State* lua);

// table.sort: a stable merge sort. Whatever the comparison says, it ends.
int sort(lua_State* lua);

// One name of a library. Lua's own function is taken where there is no other, and is the first
// upvalue of the one that stands in front of it.
struct LibraryFunction {
    const char* name;
    lua_CFunction own = nullptr;
    bool in_front_of_stock = false;
};

// Sets the functions in the table below the top; the table on top has Lua's own and is popped.
void set_functions(lua_State* lua, std::span<const LibraryFunction> functions);
// Pushes what Lua's own library, say luaopen_math, consists of.
void push_stock_library(lua_State* lua, lua_CFunction open);
// Goes on in Lua's own function.
int call_stock(lua_State* lua);

// Charges for `count` elements or bytes that a C function goes over, many for an instruction.
void charge_for(lua_State* lua, std::uint64_t count);
// Pushes what tostring() answers for the value at `index`; it has no addresses.
void push_text(lua_State* lua, int index);

}  // namespace firn::lua

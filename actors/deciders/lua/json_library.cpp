// json: what JSON has and Lua has not.
#include "actors/deciders/lua/event_table.hpp"
#include "actors/deciders/lua/json_reader.hpp"
#include "actors/deciders/lua/library.hpp"
#include "actors/deciders/lua/table_kind.hpp"
#include "actors/deciders/lua/vm.hpp"
#include "actors/json/scanner.hpp"

#include <iterator>

namespace firn::lua {

namespace {

// A table that can be marked at index 1; a new one if there is none.
void check_table(lua_State* lua) {
    if (lua_isnone(lua, 1)) {
        lua_createtable(lua, 0, 0);
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    const auto kind = kind_of(lua, 1);
    luaL_argcheck(lua, kind == TableKind::plain || kind == TableKind::empty_array, 1,
                  "must be a table of your own");
}

// json.array([table]): the table, as an array if it is empty.
int array(lua_State* lua) {
    check_table(lua);
    const auto size = static_cast<lua_Integer>(lua_rawlen(lua, 1));
    lua_Integer count = 0;
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
        const auto position = lua_isinteger(lua, -2) != 0 ? lua_tointeger(lua, -2) : 0;
        luaL_argcheck(lua, position >= 1 && position <= size, 1,
                      "must have the positions 1 to n and nothing else");
        ++count;
    }
    luaL_argcheck(lua, count == size, 1, "must have no gaps");
    charge_for(lua, static_cast<std::uint64_t>(count));
    if (count == 0) {
        mark_as_empty_array(lua, 1);
    }
    return 1;
}

// json.object([table]): the table, as an object if it is empty.
int object(lua_State* lua) {
    check_table(lua);
    lua_Integer count = 0;
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
        luaL_argcheck(lua, lua_type(lua, -2) == LUA_TSTRING, 1, "must have names only");
        ++count;
    }
    charge_for(lua, static_cast<std::uint64_t>(count));
    lua_pushnil(lua);
    lua_setmetatable(lua, 1);
    return 1;
}

void push_copy(lua_State* lua, int index, std::size_t depth) {
    Vm::of(lua).charge(1);
    if (lua_type(lua, index) != LUA_TTABLE) {
        lua_pushvalue(lua, index);
        return;
    }
    if (depth == json_depth_max) {
        luaL_error(lua, "json.copy: tables must not be nested deeper than %d levels",
                   static_cast<int>(json_depth_max));
    }
    constexpr int slots_per_level = 8;
    luaL_checkstack(lua, slots_per_level, "json.copy");
    complete_event(lua, index);
    push_members(lua, index);
    const int members = lua_gettop(lua);
    lua_createtable(lua, static_cast<int>(lua_rawlen(lua, members)), 0);
    if (kind_of(lua, members) == TableKind::empty_array) {
        mark_as_empty_array(lua, -1);
    }
    for (lua_pushnil(lua); lua_next(lua, members) != 0;) {
        lua_pushvalue(lua, -2);
        push_copy(lua, lua_gettop(lua) - 1, depth + 1);
        lua_rawset(lua, members + 1);
        lua_pop(lua, 1);
    }
    lua_remove(lua, members);
}

// json.copy(value): nothing in it is shared with the value, and nothing is read-only.
int copy(lua_State* lua) {
    luaL_checkany(lua, 1);
    push_copy(lua, 1, 0);
    return 1;
}

constexpr luaL_Reg functions[] = {
    {"array", &array}, {"copy", &copy}, {"object", &object}, {nullptr, nullptr}};

}  // namespace

void push_json_library(lua_State* lua) {
    luaL_newlib(lua, functions);
    push_null(lua);
    lua_setfield(lua, -2, "null");
}

}  // namespace firn::lua

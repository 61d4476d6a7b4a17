// table and math. Lua's own functions, with their work charged for. table.move is left out: it
// copies 2^62 absent elements if it is told to.
#include "actors/deciders/lua/library.hpp"
#include "actors/deciders/lua/table_kind.hpp"
#include "actors/deciders/lua/vm.hpp"

#include <algorithm>
#include <iterator>

namespace firn::lua {

namespace {

std::uint64_t length_of(lua_State* lua, int index) {
    luaL_checktype(lua, index, LUA_TTABLE);
    push_members(lua, index);
    const auto length = lua_rawlen(lua, -1);
    lua_pop(lua, 1);
    return length;
}

// For functions of a range, whose ends are the arguments `first` and the next.
void charge_for_range(lua_State* lua, int first) {
    std::uint64_t count = length_of(lua, 1);
    if (lua_isnumber(lua, first + 1) != 0) {
        const auto from = luaL_optinteger(lua, first, 1);
        const auto to = luaL_checkinteger(lua, first + 1);
        if (to > from) {
            count =
                std::max(count, static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
        }
    }
    charge_for(lua, count);
}

int concat(lua_State* lua) {
    charge_for_range(lua, 3);
    return call_stock(lua);
}

int unpack(lua_State* lua) {
    charge_for_range(lua, 2);
    return call_stock(lua);
}

int insert(lua_State* lua) {
    const auto length = length_of(lua, 1);
    charge_for(lua, lua_gettop(lua) > 2 ? length : 0);
    return call_stock(lua);
}

// What table.remove leaves of an array is an array, also if nothing is left.
int remove(lua_State* lua) {
    const auto length = length_of(lua, 1);
    charge_for(lua, lua_gettop(lua) > 1 ? length : 0);
    const int results = call_stock(lua);
    if (!lua_isnil(lua, -1) && kind_of(lua, 1) == TableKind::plain) {
        lua_pushnil(lua);
        if (lua_next(lua, 1) != 0) {
            lua_pop(lua, 2);
        } else {
            mark_as_empty_array(lua, 1);
        }
    }
    return results;
}

constexpr LibraryFunction table_functions[] = {
    {"concat", &concat, true}, {"insert", &insert, true}, {"remove", &remove, true},
    {"sort", &sort},           {"unpack", &unpack, true},
};

// Without random, and without functions whose last digit differs between machines.
constexpr LibraryFunction math_functions[] = {
    {"abs"},        {"ceil"}, {"floor"}, {"fmod"}, {"huge"},      {"max"},  {"maxinteger"}, {"min"},
    {"mininteger"}, {"modf"}, {"pi"},    {"sqrt"}, {"tointeger"}, {"type"}, {"ult"},
};

}  // namespace

void push_table_library(lua_State* lua) {
    lua_createtable(lua, 0, static_cast<int>(std::size(table_functions)));
    push_stock_library(lua, &luaopen_table);
    set_functions(lua, table_functions);
}

void push_math_library(lua_State* lua) {
    lua_createtable(lua, 0, static_cast<int>(std::size(math_functions)));
    push_stock_library(lua, &luaopen_math);
    set_functions(lua, math_functions);
}

}  // namespace firn::lua

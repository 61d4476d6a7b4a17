#include "actors/deciders/lua/library.hpp"
#include "actors/deciders/lua/table_kind.hpp"
#include "actors/deciders/lua/vm.hpp"

#include <algorithm>

namespace firn::lua {

namespace {

constexpr int table_index = 1;
constexpr int comparison_index = 2;

std::uint64_t text_size(lua_State* lua, int index) {
    return lua_type(lua, index) == LUA_TSTRING ? lua_rawlen(lua, index) : 0;
}

// Whether element `a` of the table at `from` is less than element `b`.
bool is_less(lua_State* lua, int from, lua_Integer a, lua_Integer b) {
    bool less = false;
    if (lua_isnil(lua, comparison_index)) {
        lua_rawgeti(lua, from, a);
        lua_rawgeti(lua, from, b);
        charge_for(lua, std::min(text_size(lua, -1), text_size(lua, -2)));
        less = lua_compare(lua, -2, -1, LUA_OPLT) != 0;
        lua_pop(lua, 2);
    } else {
        lua_pushvalue(lua, comparison_index);
        lua_rawgeti(lua, from, a);
        lua_rawgeti(lua, from, b);
        lua_call(lua, 2, 1);
        less = lua_toboolean(lua, -1) != 0;
        lua_pop(lua, 1);
    }
    Vm::of(lua).charge(1);
    return less;
}

// Merges the sorted runs [low, middle) and [middle, high).
void merge(lua_State* lua, int from, int to, lua_Integer low, lua_Integer middle,
           lua_Integer high) {
    lua_Integer left = low;
    lua_Integer right = middle;
    for (lua_Integer next = low; next < high; ++next) {
        const bool takes_right =
            left == middle || (right < high && is_less(lua, from, right, left));
        lua_rawgeti(lua, from, takes_right ? right++ : left++);
        lua_rawseti(lua, to, next);
    }
}

}  // namespace

int sort(lua_State* lua) {
    luaL_checktype(lua, table_index, LUA_TTABLE);
    if (!lua_isnoneornil(lua, comparison_index)) {
        luaL_checktype(lua, comparison_index, LUA_TFUNCTION);
    }
    lua_settop(lua, comparison_index);
    if (is_read_only(kind_of(lua, table_index))) {
        return luaL_error(lua, "a read-only table cannot be sorted; sort json.copy() of it");
    }
    const auto size = static_cast<lua_Integer>(lua_rawlen(lua, table_index));
    charge_for(lua, static_cast<std::uint64_t>(size));
    // In copies, so that it does not matter what a comparison does to the table.
    lua_createtable(lua, static_cast<int>(size), 0);
    lua_createtable(lua, static_cast<int>(size), 0);
    int from = comparison_index + 1;
    int to = comparison_index + 2;
    for (lua_Integer i = 1; i <= size; ++i) {
        lua_rawgeti(lua, table_index, i);
        lua_rawseti(lua, from, i);
    }
    for (lua_Integer width = 1; width < size; width *= 2) {
        for (lua_Integer low = 1; low <= size; low += 2 * width) {
            const auto middle = std::min(low + width, size + 1);
            merge(lua, from, to, low, middle, std::min(low + 2 * width, size + 1));
        }
        Vm::of(lua).charge(static_cast<std::uint64_t>(size));
        std::swap(from, to);
    }
    for (lua_Integer i = 1; i <= size; ++i) {
        lua_rawgeti(lua, from, i);
        lua_rawseti(lua, table_index, i);
    }
    return 0;
}

}  // namespace firn::lua

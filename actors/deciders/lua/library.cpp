#include "actors/deciders/lua/library.hpp"

#include "actors/deciders/lua/json_reader.hpp"
#include "actors/deciders/lua/ordered_keys.hpp"
#include "actors/deciders/lua/vm.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace firn::lua {

namespace {

constexpr std::uint64_t elements_per_instruction = 8;

// Catching an error makes Lua go over all open calls, however many there are.
void charge_for_open_calls(lua_State* lua) {
    lua_Debug frame;
    int level = 64;
    while (lua_getstack(lua, level, &frame) == 1) {
        level *= 2;
    }
    charge_for(lua, static_cast<std::uint64_t>(level));
}

// pcall(function, …): passes on what ends the whole call.
int call_protected(lua_State* lua) {
    luaL_checkany(lua, 1);
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    const int status = lua_pcall(lua, lua_gettop(lua) - 2, LUA_MULTRET, 0);
    if (status == LUA_OK) {
        return lua_gettop(lua);
    }
    if (Vm::of(lua).is_final(status)) {
        return lua_error(lua);
    }
    charge_for_open_calls(lua);
    lua_pushboolean(lua, 0);
    lua_insert(lua, -2);
    return 2;
}

int name_type(lua_State* lua) {
    luaL_checkany(lua, 1);
    if (lua_type(lua, 1) == LUA_TLIGHTUSERDATA) {
        lua_pushstring(lua, to_uint64(lua, 1) == 0 ? "null" : "uint64");
    } else {
        lua_pushstring(lua, luaL_typename(lua, 1));
    }
    return 1;
}

int to_text(lua_State* lua) {
    luaL_checkany(lua, 1);
    push_text(lua, 1);
    return 1;
}

int to_number(lua_State* lua) {
    std::size_t size = 0;
    if (lua_type(lua, 1) == LUA_TSTRING) {
        lua_tolstring(lua, 1, &size);
    }
    charge_for(lua, size);
    return call_stock(lua);
}

int reject(lua_State* lua) {
    if (lua_type(lua, 1) != LUA_TSTRING) {
        return luaL_error(lua, "reject needs its reason, a string");
    }
    std::size_t size = 0;
    const char* const reason = lua_tolstring(lua, 1, &size);
    Vm& vm = Vm::of(lua);
    if (!vm.may_reject()) {
        return luaL_error(lua, "reject works in decide only");
    }
    vm.reject({reason, size});
}

// -1, 0 or 1: how an integer past int64 compares with the number at `index`.
int compare_large(lua_State* lua, std::uint64_t large, int index) {
    if (lua_isinteger(lua, index) != 0) {
        return 1;
    }
    const double number = lua_tonumber(lua, index);
    if (number >= 0x1p64) {
        return -1;
    }
    if (number < 0x1p63) {
        return 1;
    }
    const auto other = static_cast<std::uint64_t>(number);
    return large < other ? -1 : large == other ? 0 : 1;
}

// Of two values of which one is an integer past int64; anything else has no order.
int compare(lua_State* lua) {
    const bool first = lua_islightuserdata(lua, 1) && to_uint64(lua, 1) != 0;
    const bool second = lua_islightuserdata(lua, 2) && to_uint64(lua, 2) != 0;
    if (first && second) {
        const auto a = to_uint64(lua, 1);
        const auto b = to_uint64(lua, 2);
        return a < b ? -1 : a == b ? 0 : 1;
    }
    if (first && lua_type(lua, 2) == LUA_TNUMBER) {
        return compare_large(lua, to_uint64(lua, 1), 2);
    }
    if (second && lua_type(lua, 1) == LUA_TNUMBER) {
        return -compare_large(lua, to_uint64(lua, 2), 1);
    }
    return luaL_error(lua, "attempt to compare null, or an integer past int64 with no number");
}

bool has_nan(lua_State* lua) {
    return std::isnan(lua_tonumber(lua, 1)) || std::isnan(lua_tonumber(lua, 2));
}
int is_less(lua_State* lua) {
    const int order = compare(lua);
    lua_pushboolean(lua, order < 0 && !has_nan(lua) ? 1 : 0);
    return 1;
}
int is_less_or_equal(lua_State* lua) {
    const int order = compare(lua);
    lua_pushboolean(lua, order <= 0 && !has_nan(lua) ? 1 : 0);
    return 1;
}

constexpr LibraryFunction base_functions[] = {
    {"assert"},
    {"error"},
    {"ipairs"},
    {"next", &ordered_next},
    {"pairs", &ordered_pairs},
    {"pcall", &call_protected},
    {"reject", &reject},
    {"select"},
    {"tonumber", &to_number, true},
    {"tostring", &to_text},
    {"type", &name_type},
};

// All light userdata share one metatable.
void install_light_userdata(lua_State* lua) {
    push_null(lua);
    lua_createtable(lua, 0, 2);
    lua_pushcfunction(lua, &is_less);
    lua_setfield(lua, -2, "__lt");
    lua_pushcfunction(lua, &is_less_or_equal);
    lua_setfield(lua, -2, "__le");
    lua_setmetatable(lua, -2);
    lua_pop(lua, 1);
}

// Strings have methods and no arithmetic: "10" + 1 is an error.
void install_string_methods(lua_State* lua, int library) {
    lua_pushliteral(lua, "");
    lua_createtable(lua, 0, 1);
    lua_pushvalue(lua, library);
    lua_setfield(lua, -2, "__index");
    lua_setmetatable(lua, -2);
    lua_pop(lua, 1);
}

}  // namespace

void push_environment(lua_State* lua) {
    lua_createtable(lua, 0, 16);
    const int environment = lua_gettop(lua);
    push_stock_library(lua, &luaopen_base);
    set_functions(lua, base_functions);
    push_string_library(lua);
    install_string_methods(lua, lua_gettop(lua));
    lua_setfield(lua, environment, "string");
    push_table_library(lua);
    lua_setfield(lua, environment, "table");
    push_math_library(lua);
    lua_setfield(lua, environment, "math");
    push_json_library(lua);
    lua_setfield(lua, environment, "json");
    install_light_userdata(lua);
    // Where luaopen_base put everything.
    lua_createtable(lua, 0, 0);
    lua_rawseti(lua, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

void push_stock_library(lua_State* lua, lua_CFunction open) {
    lua_pushcfunction(lua, open);
    lua_call(lua, 0, 1);
}

void set_functions(lua_State* lua, std::span<const LibraryFunction> functions) {
    const int stock = lua_gettop(lua);
    for (const auto& function : functions) {
        if (function.own == nullptr) {
            lua_getfield(lua, stock, function.name);
        } else if (function.in_front_of_stock) {
            lua_getfield(lua, stock, function.name);
            lua_pushcclosure(lua, function.own, 1);
        } else {
            lua_pushcfunction(lua, function.own);
        }
        lua_setfield(lua, stock - 1, function.name);
    }
    lua_pop(lua, 1);
}

int call_stock(lua_State* lua) {
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

void charge_for(lua_State* lua, std::uint64_t count) {
    Vm::of(lua).charge(count / elements_per_instruction);
}

void push_text(lua_State* lua, int index) {
    switch (lua_type(lua, index)) {
        case LUA_TNUMBER:
            // The sign of NaN differs between machines.
            if (std::isnan(lua_tonumber(lua, index))) {
                lua_pushliteral(lua, "nan");
            } else {
                luaL_tolstring(lua, index, nullptr);
            }
            break;
        case LUA_TSTRING: lua_pushvalue(lua, index); break;
        case LUA_TBOOLEAN:
            lua_pushstring(lua, lua_toboolean(lua, index) != 0 ? "true" : "false");
            break;
        case LUA_TLIGHTUSERDATA: {
            char digits[24];
            const auto number = to_uint64(lua, index);
            const char* const end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
            if (number == 0) {
                lua_pushliteral(lua, "null");
            } else {
                lua_pushlstring(lua, digits, static_cast<std::size_t>(end - digits));
            }
            break;
        }
        default: lua_pushstring(lua, luaL_typename(lua, index));
    }
}

}  // namespace firn::lua

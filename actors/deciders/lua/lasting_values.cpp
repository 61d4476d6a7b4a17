#include "actors/deciders/lua/lasting_values.hpp"

#include "actors/deciders/lua/ordered_keys.hpp"
#include "actors/deciders/lua/table_kind.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace firn::lua {

namespace {

// Where run() keeps what it works with.
enum Slot : int {
    self_slot = 1,
    environment_slot,
    found_slot,  // tables with their stand-ins, functions of Lua with true
    queue_slot,  // of both, those still to be looked into
    variables_slot,
};

int refuse_change(lua_State* lua) {
    return luaL_error(lua,
                      "a table from the start of the script cannot be changed; the state is "
                      "the place for what changes");
}

int refuse_global(lua_State* lua) {
    const char* const name = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "?";
    return luaL_error(lua,
                      "the global '%s' cannot be assigned after the start of the script; use "
                      "local, or the state",
                      name);
}

// More than equal: 1 and 1.0 differ, and so do 0.0 and -0.0.
bool are_identical(lua_State* lua, int a, int b) {
    if (lua_type(lua, a) != LUA_TNUMBER || lua_type(lua, b) != LUA_TNUMBER) {
        return lua_rawequal(lua, a, b) != 0;
    }
    if (lua_isinteger(lua, a) != lua_isinteger(lua, b)) {
        return false;
    }
    if (lua_isinteger(lua, a) != 0) {
        return lua_tointeger(lua, a) == lua_tointeger(lua, b);
    }
    return std::bit_cast<std::uint64_t>(lua_tonumber(lua, a)) ==
           std::bit_cast<std::uint64_t>(lua_tonumber(lua, b));
}

}  // namespace

std::optional<ScriptError> LastingValues::freeze(Vm& vm, int environment) {
    lua_State* const lua = vm.lua();
    const int place = lua_absindex(lua, environment);
    lua_pushcfunction(lua, &LastingValues::run);
    lua_pushlightuserdata(lua, this);
    lua_pushvalue(lua, place);
    auto error = vm.call(2, 1);
    if (!error) {
        variables_ = lua_gettop(lua);
    }
    identities_ = {};
    return error;
}

// LastingValues, environment. Nothing here recurses: tables may be nested as deep as they like.
int LastingValues::run(lua_State* lua) {
    auto& self = *static_cast<LastingValues*>(lua_touserdata(lua, self_slot));
    for (int slot = found_slot; slot <= variables_slot; ++slot) {
        lua_newtable(lua);
    }
    lua_pushvalue(lua, environment_slot);
    push_constant(lua, environment_slot, &refuse_global);
    lua_rawset(lua, found_slot);
    lua_pushvalue(lua, environment_slot);
    lua_rawseti(lua, queue_slot, ++self.queued_);
    for (lua_Integer next = 1; next <= self.queued_; ++next) {
        Vm::of(lua).charge(1);
        lua_rawgeti(lua, queue_slot, next);
        if (lua_istable(lua, -1)) {
            self.freeze_members(lua, lua_gettop(lua));
        } else {
            self.freeze_variables(lua, lua_gettop(lua));
        }
        lua_settop(lua, variables_slot);
    }
    return 1;
}

void LastingValues::push_stand_in(lua_State* lua, int table) {
    lua_pushvalue(lua, table);
    if (lua_rawget(lua, found_slot) != LUA_TNIL) {
        return;
    }
    lua_pop(lua, 1);
    push_constant(lua, table, &refuse_change);
    lua_pushvalue(lua, table);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, found_slot);
    lua_pushvalue(lua, table);
    lua_rawseti(lua, queue_slot, ++queued_);
}

void LastingValues::add_function(lua_State* lua, int function) {
    if (is_pairs_iterator(lua, function)) {
        luaL_error(lua, "what pairs returned must not be kept from the start of the script");
    }
    // Those of the libraries remember nothing.
    if (lua_iscfunction(lua, function) != 0) {
        return;
    }
    lua_pushvalue(lua, function);
    if (lua_rawget(lua, found_slot) == LUA_TNIL) {
        lua_pushvalue(lua, function);
        lua_pushboolean(lua, 1);
        lua_rawset(lua, found_slot);
        lua_pushvalue(lua, function);
        lua_rawseti(lua, queue_slot, ++queued_);
    }
    lua_pop(lua, 1);
}

void LastingValues::freeze_members(lua_State* lua, int table) {
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) {
        Vm::of(lua).charge(1);
        const int key = lua_gettop(lua) - 1;
        const int value = lua_gettop(lua);
        if (lua_istable(lua, key) || lua_isfunction(lua, key)) {
            luaL_error(lua, "a table from the start of the script must not have a %s as a key",
                       luaL_typename(lua, key));
        }
        if (lua_isfunction(lua, value)) {
            add_function(lua, value);
        } else if (lua_istable(lua, value)) {
            lua_pushvalue(lua, key);
            push_stand_in(lua, value);
            lua_rawset(lua, table);
        }
    }
}

void LastingValues::freeze_variables(lua_State* lua, int function) {
    for (int number = 1; lua_getupvalue(lua, function, number) != nullptr; ++number) {
        if (identities_.insert(lua_upvalueid(lua, function, number)).second) {
            note_variable(lua, function, number);
        }
        lua_pop(lua, 1);
    }
}

// Its value is on top of the stack.
void LastingValues::note_variable(lua_State* lua, int function, int number) {
    const int value = lua_gettop(lua);
    if (lua_istable(lua, value)) {
        push_stand_in(lua, value);
        lua_replace(lua, value);
        lua_pushvalue(lua, value);
        lua_setupvalue(lua, function, number);
    } else if (lua_isfunction(lua, value)) {
        add_function(lua, value);
    }
    const auto place = static_cast<lua_Integer>(2 * numbers_.size());
    lua_pushvalue(lua, function);
    lua_rawseti(lua, variables_slot, place + 1);
    lua_pushvalue(lua, value);
    lua_rawseti(lua, variables_slot, place + 2);
    numbers_.push_back(number);
}

std::optional<std::string> LastingValues::changed(lua_State* lua) const {
    lua_Integer place = 0;
    for (const int number : numbers_) {
        lua_rawgeti(lua, variables_, place + 1);
        const char* const name = lua_getupvalue(lua, -1, number);
        lua_rawgeti(lua, variables_, place + 2);
        const bool is_as_it_was = are_identical(lua, -1, -2);
        lua_pop(lua, 3);
        if (!is_as_it_was) {
            return name;
        }
        place += 2;
    }
    return std::nullopt;
}

void LastingValues::restore(lua_State* lua) const {
    lua_Integer place = 0;
    for (const int number : numbers_) {
        lua_rawgeti(lua, variables_, place + 1);
        lua_rawgeti(lua, variables_, place + 2);
        lua_setupvalue(lua, -2, number);
        lua_pop(lua, 1);
        place += 2;
    }
}

}  // namespace firn::lua

// The tables that are more than plain ones. A script has no metatables of its own, so a table's
// metatable tells its kind.
//
// A table that has members needs no mark to be known as array or object, and none that are marked
// have members: so a state holds nothing that its JSON text does not say, and one that was read
// back behaves as the one that was written.
// Thread: a lua_State belongs to one at a time.
// Errors: functions that push need a free slot, and fail as Lua's own do.
#pragma once

#include "actors/deciders/lua/lua_api.hpp"

#include <cstdint>

namespace firn::lua {

enum class TableKind : std::uint8_t {
    plain,
    empty_array,  // []; becomes plain with its first member
    constant,     // a read-only stand-in for one of the script's own tables
    view,         // a read-only stand-in for a part of the state, in decide
    event,        // what evolve was given; its members come when they are asked for
};

// The value at `index` is a table.
[[nodiscard]] TableKind kind_of(lua_State* lua, int index);
[[nodiscard]] inline bool is_read_only(TableKind kind) noexcept {
    return kind == TableKind::constant || kind == TableKind::view;
}

// Pushes a new metatable for tables of a kind.
void push_metatable(lua_State* lua, TableKind kind);

// Makes the metatable of empty arrays known to the VM.
void install_empty_array(lua_State* lua);
// The table at `index` has no members.
void mark_as_empty_array(lua_State* lua, int index);
void push_empty_array(lua_State* lua);

// Pushes the table that holds the members: the one a read-only table stands for, or itself.
void push_members(lua_State* lua, int index);

// Pushes a stand-in for the table at `index`. What is assigned to it goes to `refuse`, which
// raises an error. In a constant the tables inside are stand-ins themselves.
void push_constant(lua_State* lua, int index, lua_CFunction refuse);

// Makes the metatable of views known to the VM.
void install_view(lua_State* lua);
// Pushes a view of the value at `index`: itself, if it is no table that could be changed.
void push_view(lua_State* lua, int index);

}  // namespace firn::lua

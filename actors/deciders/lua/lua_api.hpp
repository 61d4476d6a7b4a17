// Lua 5.4, and the one place where its C headers come in.
//
// Lua is compiled as C: an error in it jumps (longjmp) to the innermost protected call, past the
// destructors in between. So a function that Lua calls keeps nothing with a destructor while it
// calls what may fail, or forbids failing meanwhile (Vm::NoFailure in vm.hpp).
// Thread: a lua_State belongs to one at a time. Errors: as above.
#pragma once

#include <lua.hpp>

static_assert(LUA_VERSION_NUM == 504, "other versions differ in integers, limits and libraries");
static_assert(sizeof(lua_Integer) == 8 && sizeof(lua_Number) == 8);

#include "actors/deciders/lua/table_kind.hpp"

namespace firn::lua {

namespace {

// Addresses as keys that no script can name.
constexpr char kind_key = 0;         // in a metatable: its kind
constexpr char members_key = 0;      // in a constant's metatable and in a view: what it stands for
constexpr char empty_array_key = 0;  // in the registry: that metatable
constexpr char view_key = 0;         // likewise

void set_function(lua_State* lua, const char* name, lua_CFunction function) {
    lua_pushcfunction(lua, function);
    lua_setfield(lua, -2, name);
}

// table, key, value: the first member makes it a plain table.
int add_first_member(lua_State* lua) {
    // Nothing assigned to nothing leaves it the empty array it was.
    if (!lua_isnil(lua, 3)) {
        lua_pushnil(lua);
        lua_setmetatable(lua, 1);
        lua_rawset(lua, 1);
    }
    return 0;
}

int length_of_members(lua_State* lua) {
    push_members(lua, 1);
    lua_pushinteger(lua, static_cast<lua_Integer>(lua_rawlen(lua, -1)));
    return 1;
}

int refuse_change_of_view(lua_State* lua) {
    return luaL_error(lua, "decide must not change the state; it returns events");
}

// view, key
int index_view(lua_State* lua) {
    lua_rawgetp(lua, 1, &members_key);
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, 3) != LUA_TTABLE) {
        return 1;
    }
    // Kept in the view, so that the same member is the same table next time.
    push_view(lua, -1);
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, 1);
    return 1;
}

}  // namespace

TableKind kind_of(lua_State* lua, int index) {
    if (lua_getmetatable(lua, index) == 0) {
        return TableKind::plain;
    }
    lua_rawgetp(lua, -1, &kind_key);
    const auto kind = static_cast<TableKind>(lua_tointeger(lua, -1));
    lua_pop(lua, 2);
    return kind;
}

void push_metatable(lua_State* lua, TableKind kind) {
    lua_createtable(lua, 0, 4);
    lua_pushinteger(lua, static_cast<lua_Integer>(kind));
    lua_rawsetp(lua, -2, &kind_key);
}

void install_empty_array(lua_State* lua) {
    push_metatable(lua, TableKind::empty_array);
    set_function(lua, "__newindex", &add_first_member);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &empty_array_key);
}

void mark_as_empty_array(lua_State* lua, int index) {
    const int table = lua_absindex(lua, index);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &empty_array_key);
    lua_setmetatable(lua, table);
}

void push_empty_array(lua_State* lua) {
    lua_createtable(lua, 0, 0);
    mark_as_empty_array(lua, -1);
}

void push_members(lua_State* lua, int index) {
    const int table = lua_absindex(lua, index);
    switch (kind_of(lua, table)) {
        case TableKind::constant:
            lua_getmetatable(lua, table);
            lua_rawgetp(lua, -1, &members_key);
            lua_remove(lua, -2);
            break;
        case TableKind::view: lua_rawgetp(lua, table, &members_key); break;
        default: lua_pushvalue(lua, table);
    }
}

void push_constant(lua_State* lua, int index, lua_CFunction refuse) {
    const int table = lua_absindex(lua, index);
    lua_createtable(lua, 0, 0);
    push_metatable(lua, TableKind::constant);
    lua_pushvalue(lua, table);
    lua_rawsetp(lua, -2, &members_key);
    // Read without a call: what is looked up most are functions of libraries.
    lua_pushvalue(lua, table);
    lua_setfield(lua, -2, "__index");
    set_function(lua, "__newindex", refuse);
    set_function(lua, "__len", &length_of_members);
    lua_setmetatable(lua, -2);
}

void install_view(lua_State* lua) {
    push_metatable(lua, TableKind::view);
    set_function(lua, "__index", &index_view);
    set_function(lua, "__newindex", &refuse_change_of_view);
    set_function(lua, "__len", &length_of_members);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &view_key);
}

void push_view(lua_State* lua, int index) {
    const int value = lua_absindex(lua, index);
    if (lua_type(lua, value) != LUA_TTABLE || is_read_only(kind_of(lua, value))) {
        lua_pushvalue(lua, value);
        return;
    }
    lua_createtable(lua, 0, 1);
    lua_pushvalue(lua, value);
    lua_rawsetp(lua, -2, &members_key);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &view_key);
    lua_setmetatable(lua, -2);
}

}  // namespace firn::lua

#include "actors/deciders/lua/event_table.hpp"

#include "actors/deciders/lua/json_reader.hpp"
#include "actors/deciders/lua/table_kind.hpp"
#include "actors/deciders/lua/vm.hpp"
#include "actors/identity/event_id.hpp"
#include "actors/identity/timestamp.hpp"

#include <string>
#include <string_view>

namespace firn::lua {

namespace {

constexpr char event_key = 0;  // in the registry: the metatable

// What is made when it is asked for.
constexpr const char* late_members[] = {"metadata", "id", "recorded_at"};

bool is_late_member(std::string_view name) noexcept {
    for (const std::string_view late : late_members) {
        if (name == late) {
            return true;
        }
    }
    return false;
}

}  // namespace

void EventTable::install(lua_State* lua) {
    push_metatable(lua, TableKind::event);
    lua_pushlightuserdata(lua, this);
    lua_pushcclosure(lua, &EventTable::index, 1);
    lua_setfield(lua, -2, "__index");
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &event_key);
}

std::optional<JsonError> EventTable::push(lua_State* lua, const EventView& event) {
    lua_createtable(lua, 0, 4);
    if (auto error = push_json(lua, event.data)) {
        lua_pop(lua, 1);
        return error;
    }
    lua_setfield(lua, -2, "data");
    lua_pushlstring(lua, event.type.data(), event.type.size());
    lua_setfield(lua, -2, "type");
    lua_pushinteger(lua, static_cast<lua_Integer>(event.version.value()));
    lua_setfield(lua, -2, "version");
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &event_key);
    lua_setmetatable(lua, -2);
    event_ = &event;
    table_ = lua_topointer(lua, -1);
    return std::nullopt;
}

// Pushes nothing if it returns false.
bool EventTable::push_member(lua_State* lua, std::string_view name) const {
    const Vm::NoFailure guard(Vm::of(lua));
    if (name == "metadata") {
        return !push_json(lua, event_->metadata);
    }
    std::string text;
    if (name == "id") {
        write_event_id(text, event_->id);
    } else {
        write_rfc3339(text, event_->recorded_at);
    }
    lua_pushlstring(lua, text.data(), text.size());
    return true;
}

// Upvalue: the EventTable. event, key
int EventTable::index(lua_State* lua) {
    const auto& self = *static_cast<const EventTable*>(lua_touserdata(lua, lua_upvalueindex(1)));
    std::size_t size = 0;
    const char* const bytes =
        lua_type(lua, 2) == LUA_TSTRING ? lua_tolstring(lua, 2, &size) : nullptr;
    const std::string_view name(bytes == nullptr ? "" : bytes, size);
    if (!is_late_member(name)) {
        lua_pushnil(lua);
        return 1;
    }
    // A table that is still there shares its address with no other.
    if (self.event_ == nullptr || lua_topointer(lua, 1) != self.table_) {
        return luaL_error(lua,
                          "this is the event of an earlier call; keep what is in an event, "
                          "not the event");
    }
    if (!self.push_member(lua, name)) {
        // What is stored was checked, so it is the stack that is full.
        Vm::of(lua).stop(Stop::recursion);
    }
    if (Vm::of(lua).is_too_large()) {
        Vm::of(lua).stop(Stop::memory);
    }
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, 1);
    return 1;
}

void complete_event(lua_State* lua, int index) {
    const int table = lua_absindex(lua, index);
    if (lua_type(lua, table) == LUA_TTABLE && kind_of(lua, table) == TableKind::event) {
        for (const char* const name : late_members) {
            lua_getfield(lua, table, name);
            lua_pop(lua, 1);
        }
    }
}

}  // namespace firn::lua

// The event as evolve sees it: a fresh table for each, since a script may keep it. metadata, id
// and recorded_at are made when they are asked for, which most scripts never do.
// Thread: a lua_State belongs to one at a time.
// Errors: JsonError of the event's data; Lua's inside a call.
#pragma once

#include "actors/deciders/lua/lua_api.hpp"
#include "actors/json/json_error.hpp"
#include "storage/event.hpp"

#include <optional>
#include <string_view>

namespace firn::lua {

// One for each VM; stays where it is.
class EventTable {
public:
    EventTable() = default;
    EventTable(const EventTable&) = delete;
    EventTable& operator=(const EventTable&) = delete;

    // Once, before the first push().
    void install(lua_State* lua);
    // Pushes the table. The event must live until end(). An error pushes nothing.
    [[nodiscard]] std::optional<JsonError> push(lua_State* lua, const EventView& event);
    // What was not asked for until now is gone.
    void end() noexcept { event_ = nullptr; }

private:
    static int index(lua_State* lua);
    bool push_member(lua_State* lua, std::string_view name) const;

    const EventView* event_ = nullptr;
    const void* table_ = nullptr;
};

// Makes the members that were not asked for yet, if the table at `index` is an event's.
void complete_event(lua_State* lua, int index);

}  // namespace firn::lua

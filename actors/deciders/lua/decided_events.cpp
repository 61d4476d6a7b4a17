#include "actors/deciders/lua/decided_events.hpp"

#include "actors/deciders/lua/json_writer.hpp"
#include "actors/deciders/lua/script_error.hpp"
#include "actors/deciders/lua/table_kind.hpp"
#include "storage/types.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace firn::lua {

namespace {

constexpr std::size_t type_bytes_max = 255;

std::string_view text_at(lua_State* lua, int index) {
    std::size_t size = 0;
    const char* const bytes = lua_tolstring(lua, index, &size);
    return {bytes, size};
}

class EventReader {
public:
    EventReader(lua_State* lua, std::size_t bytes_max) : lua_(lua), bytes_left_(bytes_max) {}

    // The event is at `index`.
    Failure read(int index, DecidedEvent& event) {
        if (!lua_istable(lua_, index)) {
            return failure(std::string("is a ") + luaL_typename(lua_, index) +
                           ", not a table with type, data and metadata");
        }
        push_members(lua_, index);
        const int members = lua_gettop(lua_);
        auto problem = check_names(members);
        problem = problem ? std::move(problem) : read_type(members, event.type);
        problem = problem ? std::move(problem) : read_json(members, "data", event.data);
        problem = problem ? std::move(problem) : read_json(members, "metadata", event.metadata);
        if (!problem && event.metadata.front() != '{') {
            problem = failure("has metadata that is no object");
        }
        lua_settop(lua_, members - 1);
        return problem;
    }

private:
    Failure check_names(int members) {
        for (lua_pushnil(lua_); lua_next(lua_, members) != 0; lua_pop(lua_, 1)) {
            const auto name =
                lua_type(lua_, -2) == LUA_TSTRING ? text_at(lua_, -2) : std::string_view("?");
            if (name != "type" && name != "data" && name != "metadata") {
                return failure("has a member \"" + presentable(name.substr(0, 100)) +
                               "\"; an event has type, data and metadata");
            }
        }
        return nullptr;
    }

    Failure read_type(int members, std::string& type) {
        lua_getfield(lua_, members, "type");
        if (lua_type(lua_, -1) != LUA_TSTRING) {
            return failure("needs a type, a string");
        }
        type = text_at(lua_, -1);
        if (type.empty() || type.size() > type_bytes_max || !is_valid_utf8(type)) {
            return failure("needs a type of 1 to 255 bytes of UTF-8");
        }
        if (type.front() == '$') {
            return failure("has a type that begins with $; those are the server's own");
        }
        return nullptr;
    }

    // Left as it is if the member is not there.
    Failure read_json(int members, const char* name, std::string& json) {
        if (lua_getfield(lua_, members, name) == LUA_TNIL) {
            return nullptr;
        }
        json.clear();
        JsonWriter writer(lua_, JsonWriter::Purpose::message, bytes_left_);
        if (!writer.write(-1, json)) {
            return failure(std::string("has ") + name + " that is not JSON: " + writer.problem());
        }
        bytes_left_ -= std::min(bytes_left_, json.size());
        return nullptr;
    }

    lua_State* lua_;
    std::size_t bytes_left_;
};

// The size of the list whose members lie at `members`, if it is one.
bool measure_list(lua_State* lua, int members, lua_Integer& size) {
    size = static_cast<lua_Integer>(lua_rawlen(lua, members));
    lua_Integer count = 0;
    for (lua_pushnil(lua); lua_next(lua, members) != 0; lua_pop(lua, 1)) {
        const auto position = lua_isinteger(lua, -2) != 0 ? lua_tointeger(lua, -2) : 0;
        if (position < 1 || position > size) {
            lua_pop(lua, 2);
            return false;
        }
        ++count;
    }
    return count == size;
}

}  // namespace

Failure read_decided_events(lua_State* lua, int index, std::size_t bytes_max,
                            std::vector<DecidedEvent>& events) {
    if (lua_isnil(lua, index)) {
        return nullptr;
    }
    if (!lua_istable(lua, index)) {
        return failure(std::string("decide must return a list of events, not a ") +
                       luaL_typename(lua, index));
    }
    push_members(lua, index);
    const int members = lua_gettop(lua);
    lua_Integer size = 0;
    if (!measure_list(lua, members, size)) {
        return failure("decide must return a list: { {type=, data=, metadata=}, … }");
    }
    if (static_cast<std::size_t>(size) > decided_events_max) {
        return failure("decide returned " + std::to_string(size) + " events; the most is " +
                       std::to_string(decided_events_max));
    }
    EventReader reader(lua, bytes_max);
    for (lua_Integer i = 1; i <= size; ++i) {
        lua_rawgeti(lua, members, i);
        DecidedEvent event;
        if (const auto problem = reader.read(lua_gettop(lua), event)) {
            return failure("decide: event " + std::to_string(i) + " " + *problem);
        }
        events.push_back(std::move(event));
        lua_pop(lua, 1);
    }
    return nullptr;
}

}  // namespace firn::lua

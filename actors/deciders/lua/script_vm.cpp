#include "actors/deciders/lua/script_vm.hpp"

#include "actors/deciders/interrupted.hpp"
#include "actors/deciders/lua/decided_events.hpp"
#include "actors/deciders/lua/json_reader.hpp"
#include "actors/deciders/lua/json_writer.hpp"
#include "actors/deciders/lua/library.hpp"
#include "actors/deciders/lua/table_kind.hpp"

#include <boost/assert.hpp>

#include <string>
#include <utility>

namespace firn::lua {

namespace {

ScriptError own_error(std::string reason) {
    return {Stop::none, 0, std::move(reason)};
}

}  // namespace

boost::system::result<std::unique_ptr<ScriptVm>, ScriptError> ScriptVm::start(
    const LuaLimits& limits, std::string_view dumped) {
    std::unique_ptr<ScriptVm> script(new ScriptVm(limits));
    if (auto error = script->run(dumped)) {
        return *std::move(error);
    }
    return script;
}

std::optional<ScriptError> ScriptVm::run(std::string_view dumped) {
    lua_State* const lua = vm_.lua();
    install_empty_array(lua);
    install_view(lua);
    event_table_.install(lua);
    push_environment(lua);
    BOOST_ASSERT(lua_gettop(lua) == environment_slot);
    if (auto error = vm_.load_dumped(dumped)) {
        return error;
    }
    // A chunk's first variable is where its global names are.
    lua_pushvalue(lua, environment_slot);
    lua_setupvalue(lua, -2, 1);
    if (auto error = vm_.call(0, 0)) {
        return error;
    }
    if (auto error = find_functions()) {
        return error;
    }
    if (auto error = lasting_.freeze(vm_, environment_slot)) {
        return error;
    }
    BOOST_ASSERT(lua_gettop(lua) == variables_slot);
    lua_pushnil(lua);
    BOOST_ASSERT(lua_gettop(lua) == state_slot);
    return std::nullopt;
}

std::optional<ScriptError> ScriptVm::find_functions() {
    lua_State* const lua = vm_.lua();
    for (const char* const name : {"evolve", "decide", "migrate"}) {
        if (lua_getfield(lua, environment_slot, name) != LUA_TNIL && !lua_isfunction(lua, -1)) {
            return own_error(std::string(name) + " must be a function, not a " +
                             luaL_typename(lua, -1));
        }
    }
    if (!has(evolve_slot)) {
        return own_error("there is no function evolve(state, event)");
    }
    return std::nullopt;
}

boost::system::result<std::string, ScriptError> ScriptVm::take_initial() {
    lua_State* const lua = vm_.lua();
    lua_getfield(lua, environment_slot, "initial");
    if (lua_isnil(lua, -1)) {
        return own_error("there is no initial; it is the state before the first event");
    }
    if (lua_isfunction(lua, -1)) {
        if (auto error = vm_.call(0, 1)) {
            error->reason = "initial: " + error->reason;
            return *std::move(error);
        }
        if (const auto problem = check_variables("initial")) {
            return own_error(*problem);
        }
    }
    std::string json;
    JsonWriter writer(lua, JsonWriter::Purpose::message, vm_.limits().memory_bytes_max);
    if (!writer.write(-1, json)) {
        return own_error("initial is not JSON: " + writer.problem());
    }
    lua_settop(lua, state_slot);
    return json;
}

Failure ScriptVm::failed(std::string_view function, const ScriptError& error) const {
    return failure(described(function, error, vm_.limits()));
}

Failure ScriptVm::set_state(std::string_view json) {
    lua_State* const lua = vm_.lua();
    if (const auto error = push_json(lua, json)) {
        return failure("The state is not JSON: " + described(*error));
    }
    lua_replace(lua, state_slot);
    lua_gc(lua, LUA_GCCOLLECT);
    if (vm_.is_too_large()) {
        return failed("the state", {Stop::memory, 0, {}});
    }
    return nullptr;
}

Failure ScriptVm::write_state(std::string& out) const {
    JsonWriter writer(vm_.lua(), JsonWriter::Purpose::state, std::string::npos);
    if (!writer.write(state_slot, out)) {
        return failure("The state cannot be written as JSON: " + writer.problem());
    }
    return nullptr;
}

Failure ScriptVm::evolve(const EventView& event) {
    lua_State* const lua = vm_.lua();
    lua_pushvalue(lua, evolve_slot);
    lua_pushvalue(lua, state_slot);
    if (const auto error = event_table_.push(lua, event)) {
        return failure("The event's data is not JSON: " + firn::described(*error));
    }
    const auto error = vm_.call(2, 1);
    event_table_.end();
    if (error && error->stop == Stop::time) {
        // The count of instructions is the limit; the clock means that the machine is too slow.
        throw Interrupted(*failed("evolve", *error));
    }
    if (error) {
        return failed("evolve", *error);
    }
    return take_state("evolve");
}

Failure ScriptVm::migrate(std::uint32_t from_revision) {
    lua_State* const lua = vm_.lua();
    lua_pushvalue(lua, migrate_slot);
    lua_pushvalue(lua, state_slot);
    lua_pushinteger(lua, from_revision);
    if (const auto error = vm_.call(2, 1)) {
        return failed("migrate", *error);
    }
    return take_state("migrate");
}

// From the top of the stack.
Failure ScriptVm::take_state(std::string_view function) {
    if (auto problem = check_state(function)) {
        return problem;
    }
    lua_replace(vm_.lua(), state_slot);
    return check_variables(function);
}

Failure ScriptVm::check_state(std::string_view function) const {
    lua_State* const lua = vm_.lua();
    const char* problem = nullptr;
    switch (lua_type(lua, -1)) {
        case LUA_TNIL: problem = "no state; it must return the new one (null is json.null)"; break;
        case LUA_TFUNCTION: problem = "a function, which is no state"; break;
        case LUA_TTABLE: {
            const auto kind = kind_of(lua, -1);
            if (kind == TableKind::event) {
                problem = "the event itself; what is in it can be a state";
            } else if (is_read_only(kind)) {
                problem = "a table that belongs to the script; return json.copy() of it";
            }
            break;
        }
        default: break;
    }
    return problem == nullptr ? nullptr : failure(std::string(function) + " returned " + problem);
}

Failure ScriptVm::check_variables(std::string_view function) const {
    if (const auto name = lasting_.changed(vm_.lua())) {
        return failure(std::string(function) + " changed \"" + presentable(*name) +
                       "\", a variable that outlives the call; the state is the place for what "
                       "is to last");
    }
    return nullptr;
}

Failure ScriptVm::push_command(const Command& command) {
    lua_State* const lua = vm_.lua();
    lua_createtable(lua, 0, 3);
    lua_pushlstring(lua, command.type.data(), command.type.size());
    lua_setfield(lua, -2, "type");
    for (const auto& [name, json] :
         {std::pair("data", &command.data), std::pair("metadata", &command.metadata)}) {
        if (const auto error = push_json(lua, *json)) {
            return failure(std::string("The command's ") + name +
                           " is not JSON: " + firn::described(*error));
        }
        lua_setfield(lua, -2, name);
    }
    return nullptr;
}

Decision ScriptVm::decide(const Command& command) {
    lua_State* const lua = vm_.lua();
    Decision decision;
    const auto fail = [&decision](std::string reason) {
        decision.kind = Decision::Kind::failed;
        decision.events.clear();
        decision.reason = std::move(reason);
    };
    lua_pushvalue(lua, decide_slot);
    push_view(lua, state_slot);
    if (const auto problem = push_command(command)) {
        fail(*problem);
        lua_settop(lua, state_slot);
        return decision;
    }
    vm_.allow_rejection(true);
    const auto error = vm_.call(2, 1);
    vm_.allow_rejection(false);
    decision.kind = Decision::Kind::accepted;
    if (error && error->stop == Stop::rejection) {
        decision.kind = Decision::Kind::rejected;
        decision.reason = error->reason;
    } else if (error) {
        fail(described("decide", *error, vm_.limits()));
        // The state stays; what decide grew need not.
        lua_settop(lua, state_slot);
        lua_gc(lua, LUA_GCCOLLECT);
    } else if (const auto problem =
                   read_decided_events(lua, -1, vm_.limits().memory_bytes_max, decision.events)) {
        fail(*problem);
    } else if (const auto change = check_variables("decide")) {
        fail(*change);
    }
    lua_settop(lua, state_slot);
    if (decision.kind != Decision::Kind::accepted) {
        lasting_.restore(lua);
    }
    return decision;
}

}  // namespace firn::lua

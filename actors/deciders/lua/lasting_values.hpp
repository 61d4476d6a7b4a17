// What outlives a call in a script's VM apart from the state: the global names, the tables that
// the script made when it started, and the variables that its functions share. All of it stays as
// it was, so that a state depends on nothing but its events.
//
// Tables become read-only: each is replaced by a stand-in wherever a function can find it.
// Variables cannot be made so; changed() tells afterwards.
// Thread: one at a time. Errors: ScriptError.
#pragma once

#include "actors/deciders/lua/lua_api.hpp"
#include "actors/deciders/lua/vm.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <optional>
#include <string>
#include <vector>

namespace firn::lua {

class LastingValues {
public:
    // Once, after the script has started. Pushes a table that must stay at its place.
    [[nodiscard]] std::optional<ScriptError> freeze(Vm& vm, int environment);
    // The name of a variable that is not as it was.
    [[nodiscard]] std::optional<std::string> changed(lua_State* lua) const;
    // Makes all variables what they were.
    void restore(lua_State* lua) const;

private:
    static int run(lua_State* lua);
    void push_stand_in(lua_State* lua, int table);
    void add_function(lua_State* lua, int function);
    void freeze_members(lua_State* lua, int table);
    void freeze_variables(lua_State* lua, int function);
    void note_variable(lua_State* lua, int function, int number);

    int variables_ = 0;         // where the table lies: a function, a value, and so on
    std::vector<int> numbers_;  // of each variable, among those of its function

    // Only while freezing.
    lua_Integer queued_ = 0;
    boost::unordered_flat_set<const void*> identities_;  // of the variables
};

}  // namespace firn::lua

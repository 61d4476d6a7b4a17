// One state's VM: the script has run in it, and the state lives in it.
// Thread: one at a time, not always the same.
// Errors: ScriptError or Failure; after those of evolve() and migrate() it is of no use.
#pragma once

#include "actors/deciders/engine.hpp"
#include "actors/deciders/lua/event_table.hpp"
#include "actors/deciders/lua/lasting_values.hpp"
#include "actors/deciders/lua/vm.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace firn::lua {

class ScriptVm {
public:
    // Runs the script. Its functions are checked; the state is not set yet.
    static boost::system::result<std::unique_ptr<ScriptVm>, ScriptError> start(
        const LuaLimits& limits, std::string_view dumped);

    ScriptVm(const ScriptVm&) = delete;
    ScriptVm& operator=(const ScriptVm&) = delete;

    [[nodiscard]] bool has_decide() const noexcept { return has(decide_slot); }
    [[nodiscard]] bool has_migrate() const noexcept { return has(migrate_slot); }
    [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(*this) + vm_.bytes(); }

    // What `initial` is, as JSON. Once, before there is a state.
    [[nodiscard]] boost::system::result<std::string, ScriptError> take_initial();

    [[nodiscard]] Failure set_state(std::string_view json);
    [[nodiscard]] Failure write_state(std::string& out) const;
    [[nodiscard]] Failure evolve(const EventView& event);
    [[nodiscard]] Failure migrate(std::uint32_t from_revision);
    [[nodiscard]] Decision decide(const Command& command);

private:
    // Where things lie on the VM's stack.
    enum Slot : int {
        on_error_slot = 1,
        environment_slot,
        evolve_slot,
        decide_slot,
        migrate_slot,
        variables_slot,
        state_slot,
    };

    explicit ScriptVm(const LuaLimits& limits) : vm_(limits) {}

    [[nodiscard]] bool has(Slot function) const noexcept {
        return lua_isfunction(vm_.lua(), function);
    }
    std::optional<ScriptError> run(std::string_view dumped);
    std::optional<ScriptError> find_functions();
    Failure take_state(std::string_view function);
    Failure check_state(std::string_view function) const;
    Failure check_variables(std::string_view function) const;
    [[nodiscard]] Failure failed(std::string_view function, const ScriptError& error) const;
    Failure push_command(const Command& command);

    Vm vm_;
    LastingValues lasting_;
    EventTable event_table_;
};

}  // namespace firn::lua

// A stream's state that Lua folds.
// Thread, Errors: as FoldedState.
#pragma once

#include "actors/deciders/engine.hpp"
#include "actors/deciders/lua/script_vm.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace firn::lua {

// What an engine's states share.
struct Script {
    std::string dumped;
    LuaLimits limits;
    std::string initial;  // JSON
    bool has_decide = false;
    bool has_migrate = false;
};

// JSON text until an event or a command comes, a VM from then on: who only asks for a state that
// was loaded needs none.
class LuaState final : public FoldedState {
public:
    // `json` was checked.
    LuaState(std::shared_ptr<const Script> script, std::string json)
        : script_(std::move(script)), json_(std::move(json)) {}

    [[nodiscard]] Failure evolve(const EventView& event) override;
    [[nodiscard]] Failure write_json(std::string& out) const override;
    [[nodiscard]] Decision decide(const Command& command) override;
    [[nodiscard]] std::size_t memory_bytes() const noexcept override;

    [[nodiscard]] Failure migrate(std::uint32_t from_revision);

private:
    Failure start();
    Failure end(Failure reason);

    std::shared_ptr<const Script> script_;
    std::string json_;
    std::unique_ptr<ScriptVm> vm_;
    bool is_void_ = false;
};

}  // namespace firn::lua

#include "actors/deciders/lua/lua_state.hpp"

#include "actors/deciders/interrupted.hpp"

#include <utility>

namespace firn::lua {

namespace {

constexpr const char* void_state = "The state is void since a fold failed.";

}  // namespace

Failure LuaState::start() {
    if (is_void_) {
        return failure(void_state);
    }
    if (vm_) {
        return nullptr;
    }
    auto started = ScriptVm::start(script_->limits, script_->dumped);
    if (!started) {
        return end(failure(described("the script", started.error(), script_->limits)));
    }
    vm_ = *std::move(started);
    if (auto problem = vm_->set_state(json_)) {
        return end(std::move(problem));
    }
    json_ = {};
    return nullptr;
}

Failure LuaState::end(Failure reason) {
    is_void_ = true;
    json_ = {};
    vm_.reset();
    return reason;
}

Failure LuaState::evolve(const EventView& event) {
    if (auto problem = start()) {
        return problem;
    }
    try {
        auto problem = vm_->evolve(event);
        return problem ? end(std::move(problem)) : nullptr;
    } catch (const Interrupted& interrupted) {
        end(failure(interrupted.what()));
        throw;
    }
}

Failure LuaState::migrate(std::uint32_t from_revision) {
    if (auto problem = start()) {
        return problem;
    }
    auto problem = vm_->migrate(from_revision);
    return problem ? end(std::move(problem)) : nullptr;
}

Failure LuaState::write_json(std::string& out) const {
    if (is_void_) {
        return failure(void_state);
    }
    if (!vm_) {
        out += json_;
        return nullptr;
    }
    return vm_->write_state(out);
}

Decision LuaState::decide(const Command& command) {
    Decision decision;
    if (!script_->has_decide) {
        return decision;
    }
    decision.kind = Decision::Kind::failed;
    if (command.native.has_value()) {
        decision.reason = "A lua decider takes commands as JSON only.";
        return decision;
    }
    if (const auto problem = start()) {
        decision.reason = *problem;
        return decision;
    }
    return vm_->decide(command);
}

std::size_t LuaState::memory_bytes() const noexcept {
    return sizeof(*this) + json_.capacity() + (vm_ ? vm_->bytes() : 0);
}

}  // namespace firn::lua

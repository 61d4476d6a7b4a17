#include "actors/deciders/lua/lua_engine.hpp"

#include "actors/deciders/lua/lua_state.hpp"
#include "actors/json/scanner.hpp"

#include <algorithm>
#include <utility>

namespace firn {

namespace {

class LuaEngine final : public DeciderEngine {
public:
    explicit LuaEngine(lua::Script script)
        : script_(std::make_shared<const lua::Script>(std::move(script))) {}

    std::string_view kind() const noexcept override { return "lua"; }
    std::unique_ptr<FoldedState> initial() const override {
        return std::make_unique<lua::LuaState>(script_, script_->initial);
    }
    Restored restore(std::string_view json) const override {
        if (const auto error = validate_json(json)) {
            return failure("The state is not JSON: " + described(*error));
        }
        return std::unique_ptr<FoldedState>(
            std::make_unique<lua::LuaState>(script_, std::string(json)));
    }
    bool has_decide() const noexcept override { return script_->has_decide; }
    bool has_migrate() const noexcept override { return script_->has_migrate; }
    Restored migrate(std::string_view json, std::uint32_t from_revision) const override {
        if (!script_->has_migrate) {
            return DeciderEngine::migrate(json, from_revision);
        }
        if (const auto error = validate_json(json)) {
            return failure("The state is not JSON: " + described(*error));
        }
        auto state = std::make_unique<lua::LuaState>(script_, std::string(json));
        if (auto problem = state->migrate(from_revision)) {
            return problem;
        }
        std::string written;
        if (auto problem = state->write_json(written)) {
            return problem;
        }
        return std::unique_ptr<FoldedState>(std::move(state));
    }

private:
    std::shared_ptr<const lua::Script> script_;
};

InvalidScript invalid(const lua::ScriptError& error, const LuaLimits& limits) {
    const bool exceeds_limit = lua::is_limit(error.stop);
    return {error.line,
            error.stop == lua::Stop::none ? error.reason
                                          : "the script " + lua::described(error, limits),
            exceeds_limit};
}

// The environment is where global names are looked up; a script that moves it could write where
// none may.
constexpr std::string_view environment_name = "_ENV";

}  // namespace

boost::system::result<std::shared_ptr<const DeciderEngine>, InvalidScript> make_lua_engine(
    std::string source, LuaLimits limits) {
    if (source.size() > lua_source_bytes_max) {
        return InvalidScript{
            0, "the source is longer than " + std::to_string(lua_source_bytes_max) + " bytes"};
    }
    if (const auto at = source.find(environment_name); at != std::string::npos) {
        const auto line =
            std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        return InvalidScript{static_cast<int>(line) + 1, "_ENV is not available"};
    }
    lua::Script script;
    script.limits = limits;
    {
        lua::Vm compiler(limits);
        if (const auto error = compiler.load(source)) {
            return invalid(*error, limits);
        }
        script.dumped = lua::dump(compiler.lua());
    }
    auto started = lua::ScriptVm::start(limits, script.dumped);
    if (!started) {
        return invalid(started.error(), limits);
    }
    auto initial = (*started)->take_initial();
    if (!initial) {
        return invalid(initial.error(), limits);
    }
    script.initial = *std::move(initial);
    script.has_decide = (*started)->has_decide();
    script.has_migrate = (*started)->has_migrate();
    return std::shared_ptr<const DeciderEngine>(std::make_shared<LuaEngine>(std::move(script)));
}

}  // namespace firn

// A stream that a Lua script folds, in few words.
// Thread: one at a time. Errors: what a test does not expect fails it.
#pragma once

#include "actors/deciders/interrupted.hpp"
#include "actors/deciders/lua/lua_engine.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace firn::test {

using Engine = std::shared_ptr<const DeciderEngine>;

// So that on a slow machine the other limits come first, too.
inline LuaLimits patient_limits() {
    LuaLimits limits;
    limits.time_max = std::chrono::seconds{60};
    return limits;
}

inline Engine engine_of(std::string source, LuaLimits limits = patient_limits()) {
    auto engine = make_lua_engine(std::move(source), limits);
    BOOST_REQUIRE_MESSAGE(engine, "line " << engine.error().line << ": " << engine.error().reason);
    return *engine;
}

inline std::string hash_of(std::string_view json) {
    const auto value = parse_json(json);
    BOOST_REQUIRE_MESSAGE(value, json);
    return to_hex(state_hash(*value));
}

class ScriptedFold {
public:
    explicit ScriptedFold(std::string source, LuaLimits limits = patient_limits())
        : ScriptedFold(engine_of(std::move(source), limits)) {}
    explicit ScriptedFold(Engine engine) : engine_(std::move(engine)), state_(engine_->initial()) {}
    // Another stream of the same script.
    ScriptedFold(const ScriptedFold& other) : ScriptedFold(other.engine_) {}
    ScriptedFold& operator=(const ScriptedFold&) = delete;

    EventView next_event(std::string_view data, std::string_view type = "Happened") {
        EventView event;
        version_ = version_.next();
        event.version = version_;
        event.type = type;
        event.data = data;
        event.metadata = R"({"user":"ann"})";
        event.id = {std::byte{0x01}, std::byte{0x02}, std::byte{0xfe}};
        event.recorded_at = Timestamp{std::chrono::microseconds{1'700'000'000'123'456}};
        return event;
    }
    Failure evolve(std::string_view data, std::string_view type = "Happened") {
        return state_->evolve(next_event(data, type));
    }
    void apply(std::string_view data, std::string_view type = "Happened") {
        const auto failure = evolve(data, type);
        BOOST_REQUIRE_MESSAGE(!failure, data << ": " << (failure ? *failure : ""));
    }
    // Why evolve fails on the data.
    std::string failing(std::string_view data = "{}", std::string_view type = "Happened") {
        try {
            const auto failure = evolve(data, type);
            BOOST_REQUIRE(failure);
            return *failure;
        } catch (const Interrupted& interrupted) {
            return interrupted.what();
        }
    }
    [[nodiscard]] std::string text() const {
        std::string out;
        const auto failure = state_->write_json(out);
        BOOST_REQUIRE_MESSAGE(!failure, (failure ? *failure : ""));
        return out;
    }
    [[nodiscard]] std::string why_not_written() const {
        std::string out;
        const auto failure = state_->write_json(out);
        BOOST_REQUIRE_MESSAGE(failure, out);
        return *failure;
    }
    [[nodiscard]] std::string hash() const { return hash_of(text()); }
    // As if a snapshot had been taken and loaded.
    void write_and_restore() {
        auto restored = engine_->restore(text());
        BOOST_REQUIRE(restored);
        state_ = *std::move(restored);
    }
    Decision decide(std::string type, std::string data = "{}") {
        Command command;
        command.type = std::move(type);
        command.data = std::move(data);
        command.metadata = R"({"user":"bob"})";
        return state_->decide(command);
    }

    [[nodiscard]] FoldedState& state() { return *state_; }
    [[nodiscard]] const DeciderEngine& engine() const { return *engine_; }

private:
    Engine engine_;
    std::unique_ptr<FoldedState> state_;
    Version version_;
};

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace firn::test

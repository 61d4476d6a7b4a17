// One stream's state under an engine, as tests fold it.
// Thread: one. Errors: what must not fail ends the test.
#pragma once

#include "actors/deciders/engine.hpp"
#include "actors/json/value.hpp"

#include <boost/test/unit_test.hpp>

#include <any>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace firn::test {

inline boost::json::value parsed(std::string_view text) {
    auto value = parse_json(text);
    BOOST_REQUIRE_MESSAGE(value, text);
    return std::move(*value);
}

inline bool contains(const std::string& text, std::string_view part) {
    if (text.find(part) == std::string::npos) {
        BOOST_TEST_MESSAGE("\"" << text << "\" lacks \"" << part << "\"");
        return false;
    }
    return true;
}

struct Folding {
    explicit Folding(std::shared_ptr<const DeciderEngine> by)
        : engine(std::move(by)), state(engine->initial()) {}

    [[nodiscard]] Failure evolve(std::string_view type, std::string_view data) const {
        EventView event;
        event.version = Version{1};
        event.type = type;
        event.data = data;
        return state->evolve(event);
    }
    void apply(std::string_view type, std::string_view data) const {
        const auto reason = evolve(type, data);
        BOOST_REQUIRE_MESSAGE(!reason, type << data << ": " << (reason ? *reason : ""));
    }
    // Why the event could not be folded.
    [[nodiscard]] std::string refused(std::string_view type, std::string_view data) const {
        const auto reason = evolve(type, data);
        BOOST_REQUIRE_MESSAGE(reason, type << data << " was taken");
        return *reason;
    }

    [[nodiscard]] std::string text() const {
        std::string out;
        const auto reason = state->write_json(out);
        BOOST_REQUIRE_MESSAGE(!reason, (reason ? *reason : ""));
        return out;
    }
    [[nodiscard]] std::string why_not_written() const {
        std::string out;
        const auto reason = state->write_json(out);
        BOOST_REQUIRE_MESSAGE(reason, out);
        return *reason;
    }
    void restore(std::string_view json) {
        auto restored = engine->restore(json);
        BOOST_REQUIRE_MESSAGE(restored.has_value(), json);
        state = std::move(*restored);
    }
    [[nodiscard]] std::string not_restored(std::string_view json) const {
        const auto restored = engine->restore(json);
        BOOST_REQUIRE_MESSAGE(!restored.has_value(), json);
        return *restored.error();
    }

    [[nodiscard]] Decision decide(std::string type, std::string data = "{}") const {
        Command command;
        command.type = std::move(type);
        command.data = std::move(data);
        return state->decide(command);
    }
    [[nodiscard]] Decision decide_native(std::any object) const {
        Command command;
        command.native = std::move(object);
        return state->decide(command);
    }

    std::shared_ptr<const DeciderEngine> engine;
    std::unique_ptr<FoldedState> state;
};

}  // namespace firn::test

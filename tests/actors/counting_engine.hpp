// A decider that counts events, and calls a test back at its steps.
// Thread: the stream's turns, one at a time. Errors: what a hook throws.
#pragma once

#include "actors/deciders/engine.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace firn::test {

// Refuses the command "Refuse"; any other is one event.
class CountingEngine final : public DeciderEngine {
public:
    class State final : public FoldedState {
    public:
        State(const CountingEngine& engine, std::uint64_t count) : engine_(engine), count_(count) {}
        Failure evolve(const EventView& event) override {
            if (engine_.in_evolve) {
                engine_.in_evolve(event);
            }
            ++count_;
            return nullptr;
        }
        Failure write_json(std::string& out) const override {
            call_once(engine_.in_write_json);
            out += std::to_string(count_);
            return nullptr;
        }
        Decision decide(const Command& command) override {
            call_once(engine_.in_decide);
            if (command.type == "Refuse") {
                return {.kind = Decision::Kind::rejected};
            }
            return {.kind = Decision::Kind::accepted, .events = {{.type = "Counted"}}};
        }
        // Asked for between the begin of a turn and its commands.
        std::size_t memory_bytes() const noexcept override {
            call_once(engine_.before_decide);
            return sizeof(*this);
        }

    private:
        static void call_once(std::function<void()>& hook) {
            if (const auto called = std::exchange(hook, nullptr)) {
                called();
            }
        }

        const CountingEngine& engine_;
        std::uint64_t count_;
    };

    std::string_view kind() const noexcept override { return "native"; }
    std::unique_ptr<FoldedState> initial() const override {
        return std::make_unique<State>(*this, 0);
    }
    Restored restore(std::string_view json) const override {
        return std::unique_ptr<FoldedState>(
            std::make_unique<State>(*this, std::stoull(std::string(json))));
    }
    bool has_decide() const noexcept override { return true; }

    std::function<void(const EventView&)> in_evolve;  // each time
    // Once.
    mutable std::function<void()> in_decide;
    mutable std::function<void()> before_decide;
    mutable std::function<void()> in_write_json;
};

}  // namespace firn::test

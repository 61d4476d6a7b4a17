// native: a decider in C++ (actors/decider.hpp) as an engine. A stream's state is a live
// D::State; JSON is met where events come in, and where the state is written out.
//
// An event whose type D does not know, or whose data do not convert, fails the fold: silence would
// be a wrong state. A command like that is rejected, with a reason that says what D knows: it is
// the client's mistake, and the decider stays sound.
//
// A State may tell its size by a member memory_bytes(): what it holds beside itself. Otherwise it
// is sizeof alone if it is trivially copyable; else also the weight of its JSON (json_tree.hpp) as
// last measured. It is measured again when the events since then are half as much: nothing per
// event, and right within a factor of about two.
#pragma once

#include "actors/decider.hpp"
#include "actors/deciders/engine.hpp"
#include "actors/deciders/interrupted.hpp"
#include "actors/deciders/json_tree.hpp"
#include "actors/deciders/typed_json.hpp"

#include <algorithm>
#include <any>
#include <concepts>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace firn {

// A typed rejection in words: its own, if it converts to a string; else its JSON.
template <class R>
[[nodiscard]] std::string rejection_reason(const R& rejection) {
    if constexpr (std::constructible_from<std::string, const R&>) {
        return std::string(rejection);
    } else if constexpr (requires { std::string(rejection.message()); }) {
        return rejection.message();
    } else if constexpr (boost::json::has_value_from<R>::value) {
        const auto value = boost::json::value_from(rejection);
        if (const auto* const text = value.if_string()) {
            return std::string(*text);
        }
        std::string reason;
        return write_checked(reason, value) ? "the command was rejected" : reason;
    } else {
        return "the command was rejected";
    }
}

template <class D>
class NativeState final : public FoldedState {
public:
    using State = typename D::State;

    explicit NativeState(State state) : state_(std::move(state)) {}

    Failure evolve(const EventView& event) override {
        try {
            const auto typed = read_message<typename D::Event>("event", event.type, event.data);
            if (!typed) {
                return failure(typed.error());
            }
            state_ = D::evolve(std::move(state_), *typed);
            unmeasured_ += event.data.size();
            return nullptr;
        } catch (const std::bad_alloc&) {
            throw Interrupted("evolve failed: there is no memory");
        } catch (...) {
            return failure("evolve failed: " + thrown_reason());
        }
    }

    Failure write_json(std::string& out) const override {
        try {
            const auto value = from_typed(state_);
            if (const auto reason = write_checked(out, value)) {
                return failure("the state is not JSON: " + *reason);
            }
            return nullptr;
        } catch (...) {
            return failure("the state does not convert to JSON: " + thrown_reason());
        }
    }

    Decision decide(const Command& command) override {
        if constexpr (!CommandedDecider<D>) {
            return FoldedState::decide(command);
        } else {
            using Asked = typename D::Command;
            if (!command.native.has_value()) {
                const auto typed = read_message<Asked>("command", command.type, command.data);
                return typed ? decided(*typed, false) : rejected(typed.error());
            }
            const auto* const typed = std::any_cast<Asked>(&command.native);
            return typed ? decided(*typed, true)
                         : failed("the command object is not of this decider's Command type");
        }
    }

    std::size_t memory_bytes() const noexcept override {
        if constexpr (requires { std::size_t{state_.memory_bytes()}; }) {
            return sizeof(*this) + state_.memory_bytes();
        } else if constexpr (std::is_trivially_copyable_v<State>) {
            return sizeof(*this);
        } else {
            // Small states are not worth a walk for each event.
            constexpr std::size_t unmeasured_max = 512;
            if (unmeasured_ > std::max(measured_ / 2, unmeasured_max)) {
                measure();
            }
            return sizeof(*this) + measured_;
        }
    }

private:
    static Decision rejected(std::string reason) {
        return {.kind = Decision::Kind::rejected, .reason = std::move(reason)};
    }
    static Decision failed(std::string reason) {
        return {.kind = Decision::Kind::failed, .reason = std::move(reason)};
    }

    // `native`: a typed rejection is told as it is, too.
    template <class Asked>
    Decision decided(const Asked& command, bool native) const {
        try {
            auto answer = D::decide(std::as_const(state_), command);
            if constexpr (std::is_same_v<decltype(answer), std::vector<typename D::Event>>) {
                return accepted(answer);
            } else {
                if (answer) {
                    return accepted(*answer);
                }
                const auto rejection = answer.error();
                auto decision = rejected(rejection_reason(rejection));
                if (native) {
                    decision.native_rejection = rejection;
                }
                return decision;
            }
        } catch (const Rejected& rejection) {
            return rejected(rejection.what());
        } catch (...) {
            return failed(thrown_reason());
        }
    }

    static Decision accepted(const std::vector<typename D::Event>& events) {
        Decision decision{.kind = Decision::Kind::accepted};
        decision.events.reserve(events.size());
        for (const auto& event : events) {
            const auto [type, data] = parts_of(event);
            DecidedEvent decided{.type = std::string(type), .data = {}};
            if (const auto reason = write_checked(decided.data, data)) {
                return failed("a decided " + quoted(type) + " is not JSON: " + *reason);
            }
            decision.events.push_back(std::move(decided));
        }
        return decision;
    }

    void measure() const noexcept {
        try {
            measured_ = extent_of(from_typed(state_)).weight;
        } catch (...) {
            // It grew by what came in, as far as is known.
            measured_ += unmeasured_;
        }
        unmeasured_ = 0;
    }

    State state_;
    mutable std::size_t measured_ = 0;
    // Bytes of events since then; so many at first that what initial() or a snapshot brought is
    // measured.
    mutable std::size_t unmeasured_ = std::size_t{1} << 20;
};

template <Decider D>
class NativeEngine final : public DeciderEngine {
public:
    std::string_view kind() const noexcept override { return "native"; }
    std::unique_ptr<FoldedState> initial() const override { return live(D::initial()); }

    Restored restore(std::string_view json) const override {
        const auto value = parse_json(json);
        if (!value) {
            return failure("The state is not JSON: " + described(value.error()));
        }
        auto state = to_typed<typename D::State>(*value);
        if (!state) {
            return failure("The state does not convert: " + state.error());
        }
        return live(std::move(*state));
    }

    bool has_decide() const noexcept override { return CommandedDecider<D>; }
    bool has_migrate() const noexcept override { return HasMigrate<D>; }

    Restored migrate(std::string_view json, std::uint32_t from_revision) const override {
        if constexpr (!HasMigrate<D>) {
            return DeciderEngine::migrate(json, from_revision);
        } else {
            auto value = parse_json(json);
            if (!value) {
                return failure("The state is not JSON: " + described(value.error()));
            }
            try {
                return live(D::migrate(std::move(*value), from_revision));
            } catch (...) {
                return failure("migrate failed: " + thrown_reason());
            }
        }
    }

private:
    static std::unique_ptr<FoldedState> live(typename D::State state) {
        return std::make_unique<NativeState<D>>(std::move(state));
    }
};

// The engine that runs D. One is enough for any number of categories.
template <class D>
[[nodiscard]] std::shared_ptr<const DeciderEngine> make_native_engine() {
    static_assert(check_decider<D>());
    if constexpr (Decider<D>) {
        return std::make_shared<NativeEngine<D>>();
    } else {
        // The sentence is enough; what follows from the mistake would only hide it.
        return nullptr;
    }
}

}  // namespace firn

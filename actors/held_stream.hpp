// What a decision holds of one stream: the state that it read, and the events that it wants to
// append. StreamsInHand keeps them; decisions see a StreamInHand of each.
// Thread: the decision's. Errors: reasons for a person.
#pragma once

#include "actors/deciders/native.hpp"
#include "storage/types.hpp"

#include <concepts>
#include <optional>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

namespace firn {

class HeldStream {
public:
    virtual ~HeldStream() = default;

    // Which decider's stream the decision takes it for.
    [[nodiscard]] virtual const std::type_info& decider() const noexcept = 0;
    [[nodiscard]] virtual bool appends() const noexcept = 0;
    // Empty, or why an event is not JSON.
    [[nodiscard]] virtual std::string write_events(std::vector<DecidedEvent>& out) const = 0;

    // Where it was read; none if it was not.
    std::optional<Version> version;
    // The commit asks for that version.
    bool guarded = false;
};

template <class D>
class TypedHeldStream final : public HeldStream {
public:
    using State = typename D::State;
    using Event = typename D::Event;

    const std::type_info& decider() const noexcept override { return typeid(D); }
    bool appends() const noexcept override { return !events_.empty(); }

    // Of a stream that was read only.
    [[nodiscard]] const State& state() const noexcept { return *state_; }

    // Both: empty, or why an event cannot be folded.
    [[nodiscard]] std::string take(Version read_at, State read) {
        version = read_at;
        state_ = std::move(read);
        for (const auto& event : events_) {
            if (auto reason = evolve(event); !reason.empty()) {
                return reason;
            }
        }
        return {};
    }
    [[nodiscard]] std::string append(Event event) {
        events_.push_back(std::move(event));
        return state_ ? evolve(events_.back()) : std::string();
    }

    std::string write_events(std::vector<DecidedEvent>& out) const override {
        out.reserve(events_.size());
        for (const auto& event : events_) {
            const auto [type, json] = parts_of(event);
            DecidedEvent written{.type = std::string(type), .data = {}};
            if (const auto reason = write_checked(written.data, json)) {
                return "a " + quoted(type) + " is not JSON: " + *reason;
            }
            out.push_back(std::move(written));
        }
        return {};
    }

private:
    std::string evolve(const Event& event) {
        try {
            state_ = D::evolve(std::move(*state_), event);
            return {};
        } catch (...) {
            return "evolve failed on an appended " + quoted(parts_of(event).first) + ": " +
                   thrown_reason();
        }
    }

    std::optional<State> state_;
    std::vector<Event> events_;
};

}  // namespace firn

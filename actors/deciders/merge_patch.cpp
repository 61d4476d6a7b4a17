#include "actors/deciders/merge_patch.hpp"

#include "actors/deciders/counting_resource.hpp"
#include "actors/json/scanner.hpp"
#include "actors/json/value.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <utility>

namespace firn {

namespace json = boost::json;

namespace {

// Applies the members of the patch's object that was entered last. The patch's text is merged as
// it is read: no tree of the patch is made, and what stays lies in the state's own storage.
bool merge_members(JsonScanner& patch, json::object& state) {
    while (const auto name = patch.next_member()) {
        switch (patch.peek()) {
            case JsonKind::null:
                patch.take();
                // Takes the last member's place: a state may have many members, and their order
                // depends on the events alone either way.
                state.erase(*name);
                break;
            case JsonKind::object: {
                auto& member = state[*name];
                auto& inner = member.is_object() ? member.get_object() : member.emplace_object();
                if (!patch.enter_object() || !merge_members(patch, inner)) {
                    return false;
                }
                break;
            }
            default:
                if (!parse_next(patch, state[*name])) {
                    return false;
                }
        }
    }
    return !patch.failed();
}

class MergePatchState final : public FoldedState {
public:
    MergePatchState() : state_(json::object_kind, &memory_) {}

    // Whether `text` was the JSON of a state; if not, this one is void.
    [[nodiscard]] bool restore(JsonScanner& text) {
        return parse_next(text, state_) && text.finish();
    }

    Failure evolve(const EventView& event) override {
        JsonScanner patch(event.data);
        if (merge(patch) && patch.finish()) {
            return nullptr;
        }
        return failure("The event's data is not a merge patch: " + described(patch.error()));
    }

    Failure write_json(std::string& out) const override {
        firn::write_json(out, state_);
        return nullptr;
    }

    std::size_t memory_bytes() const noexcept override { return sizeof(*this) + memory_.bytes(); }

private:
    bool merge(JsonScanner& patch) {
        if (patch.peek() != JsonKind::object) {
            return parse_next(patch, state_);
        }
        auto& object = state_.is_object() ? state_.get_object() : state_.emplace_object();
        return patch.enter_object() && merge_members(patch, object);
    }

    CountingResource memory_;  // outlives the state, whose storage it is
    json::value state_;
};

class MergePatchEngine final : public DeciderEngine {
public:
    std::string_view kind() const noexcept override { return "merge_patch"; }
    std::unique_ptr<FoldedState> initial() const override {
        return std::make_unique<MergePatchState>();
    }
    Restored restore(std::string_view json) const override {
        auto state = std::make_unique<MergePatchState>();
        JsonScanner text(json);
        if (!state->restore(text)) {
            return failure("The state is not JSON: " + described(text.error()));
        }
        return std::unique_ptr<FoldedState>(std::move(state));
    }
};

}  // namespace

std::shared_ptr<const DeciderEngine> make_merge_patch_engine() {
    return std::make_shared<MergePatchEngine>();
}

}  // namespace firn

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

    std::unique_ptr<FoldFailure> evolve(const EventView& event) override {
        JsonScanner patch(event.data);
        if (merge(patch) && patch.finish()) {
            return nullptr;
        }
        const auto& error = patch.error();
        return std::make_unique<FoldFailure>(FoldFailure{
            event.version, "The event's data is not a merge patch: " + error.reason + " (at \"" +
                               error.pointer + "\", byte " + std::to_string(error.offset) + ")"});
    }

    void write_json(std::string& out) const override { firn::write_json(out, state_); }

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

class MergePatchDecider final : public Decider {
public:
    std::string_view kind() const noexcept override { return "merge_patch"; }
    std::uint32_t revision() const noexcept override { return 1; }
    std::unique_ptr<FoldedState> initial() const override {
        return std::make_unique<MergePatchState>();
    }
};

}  // namespace

std::shared_ptr<const Decider> make_merge_patch_decider() {
    return std::make_shared<MergePatchDecider>();
}

}  // namespace firn

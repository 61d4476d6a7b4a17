#include "actors/deciders/json_patch.hpp"

#include "actors/deciders/patched_state.hpp"
#include "actors/deciders/quoted.hpp"
#include "actors/json/scanner.hpp"
#include "actors/json/value.hpp"

#include <string>
#include <utility>

namespace firn {

namespace json = boost::json;

namespace {

// One operation of a patch; read anew for each, so that its memory is reused.
struct PatchOperation {
    explicit PatchOperation(const json::storage_ptr& storage) : value(storage) {}

    // A member that is a string, decoded; views the patch or its own memory.
    struct Text {
        std::string scratch;
        std::string_view text;
        bool present = false;

        bool read(JsonScanner& patch) {
            const auto decoded = as_string(patch.take(), scratch);
            if (!decoded) {
                patch.refuse("It must be a string.");
                return false;
            }
            text = *decoded;
            present = true;
            return true;
        }
    };

    Text op, path, from;
    json::value value;
    bool has_value = false;
    JsonPointer path_pointer, from_pointer;

    // False: the patch has failed.
    bool read(JsonScanner& patch) {
        op.present = path.present = from.present = has_value = false;
        if (!patch.enter_object()) {
            return false;
        }
        while (const auto name = patch.next_member()) {
            if (!read_member(patch, *name)) {
                return false;
            }
        }
        return !patch.failed();
    }

    bool read_member(JsonScanner& patch, std::string_view name) {
        if (name == "op") {
            return op.read(patch);
        }
        if (name == "path") {
            return path.read(patch);
        }
        if (name == "from") {
            return from.read(patch);
        }
        if (name == "value") {
            return has_value = parse_next(patch, value);
        }
        // RFC 6902, section 4: members that are not defined are ignored.
        patch.take();
        return !patch.failed();
    }

    // "replace at "/a"", as far as it is known.
    [[nodiscard]] std::string described() const {
        auto words = op.present ? std::string(" (") + quoted(op.text) : std::string(" (no op");
        if (from.present) {
            words += " from " + quoted(from.text);
        }
        if (path.present) {
            words += " at " + quoted(path.text);
        }
        return words + ")";
    }
};

Failure check_pointers(PatchOperation& operation, bool needs_from) {
    if (!operation.path.present) {
        return failure("it has no path");
    }
    if (!operation.path_pointer.assign(operation.path.text)) {
        return failure("its path is not a JSON pointer");
    }
    if (!needs_from) {
        return nullptr;
    }
    if (!operation.from.present) {
        return failure("it has no from");
    }
    if (!operation.from_pointer.assign(operation.from.text)) {
        return failure("its from is not a JSON pointer");
    }
    return nullptr;
}

struct KnownOperation {
    std::string_view name;
    bool needs_from;
    bool needs_value;
    Failure (*apply)(PatchedState&, PatchOperation&);
};

constexpr KnownOperation known_operations[] = {
    {"add", false, true,
     [](PatchedState& state, PatchOperation& operation) {
         return state.add(operation.path_pointer, operation.value);
     }},
    {"remove", false, false,
     [](PatchedState& state, PatchOperation& operation) {
         return state.remove(operation.path_pointer);
     }},
    {"replace", false, true,
     [](PatchedState& state, PatchOperation& operation) {
         return state.replace(operation.path_pointer, operation.value);
     }},
    {"move", true, false,
     [](PatchedState& state, PatchOperation& operation) {
         return state.move(operation.from_pointer, operation.path_pointer);
     }},
    {"copy", true, false,
     [](PatchedState& state, PatchOperation& operation) {
         return state.copy(operation.from_pointer, operation.path_pointer);
     }},
    {"test", false, true,
     [](PatchedState& state, PatchOperation& operation) {
         return state.test(operation.path_pointer, operation.value);
     }},
};

Failure apply(PatchedState& state, PatchOperation& operation) {
    if (!operation.op.present) {
        return failure("it has no op");
    }
    for (const auto& known : known_operations) {
        if (known.name != operation.op.text) {
            continue;
        }
        if (auto reason = check_pointers(operation, known.needs_from)) {
            return reason;
        }
        if (known.needs_value && !operation.has_value) {
            return failure("it has no value");
        }
        return known.apply(state, operation);
    }
    return failure("its op is none of add, remove, replace, move, copy and test");
}

class JsonPatchState final : public FoldedState {
public:
    [[nodiscard]] bool restore(JsonScanner& text) { return state_.restore(text); }

    Failure evolve(const EventView& event) override {
        JsonScanner patch(event.data);
        PatchOperation operation(state_.storage());
        state_.begin_event();
        if (patch.enter_array()) {
            for (std::size_t index = 0; patch.next_element(); ++index) {
                if (!operation.read(patch)) {
                    break;
                }
                if (const auto reason = apply(state_, operation)) {
                    return failure("Operation " + std::to_string(index) + operation.described() +
                                   " of the patch failed: " + *reason + ".");
                }
            }
        }
        if (!patch.failed() && patch.finish()) {
            return nullptr;
        }
        return failure("The event's data is not a JSON Patch: " + described(patch.error()));
    }

    Failure write_json(std::string& out) const override {
        firn::write_json(out, state_.value());
        return nullptr;
    }

    std::size_t memory_bytes() const noexcept override {
        return sizeof(*this) + state_.memory_bytes();
    }

private:
    PatchedState state_;
};

class JsonPatchEngine final : public DeciderEngine {
public:
    std::string_view kind() const noexcept override { return "json_patch"; }
    std::unique_ptr<FoldedState> initial() const override {
        return std::make_unique<JsonPatchState>();
    }
    Restored restore(std::string_view json) const override {
        auto state = std::make_unique<JsonPatchState>();
        JsonScanner text(json);
        if (!state->restore(text)) {
            return failure("The state is not JSON: " + described(text.error()));
        }
        return std::unique_ptr<FoldedState>(std::move(state));
    }
};

}  // namespace

std::shared_ptr<const DeciderEngine> make_json_patch_engine() {
    return std::make_shared<JsonPatchEngine>();
}

}  // namespace firn

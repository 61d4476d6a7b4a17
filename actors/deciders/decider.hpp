// The decider seam: how a category's events become state.
//
// A Decider is chosen per category and shared by its streams' actors. A FoldedState is one
// stream's live state, owned by its actor and touched on that actor's strand only, so that a
// decider may keep it in whatever form folds fastest.
// Thread: Decider's methods from any thread; a FoldedState from one at a time.
// Errors: FoldFailure says which event could not be folded and why; the state is then void.
#pragma once

#include "storage/event.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace firn {

struct FoldFailure {
    Version version;     // of the event that could not be folded
    std::string reason;  // for a person
};

class FoldedState {
public:
    virtual ~FoldedState() = default;
    // Null, or why the event could not be folded.
    [[nodiscard]] virtual std::unique_ptr<FoldFailure> evolve(const EventView& event) = 0;
    // Appends the state as JSON text.
    virtual void write_json(std::string& out) const = 0;
    // About how many bytes of memory the state holds.
    [[nodiscard]] virtual std::size_t memory_bytes() const noexcept = 0;
};

class Decider {
public:
    virtual ~Decider() = default;
    [[nodiscard]] virtual std::string_view kind() const noexcept = 0;  // "merge_patch"
    [[nodiscard]] virtual std::uint32_t revision() const noexcept = 0;
    [[nodiscard]] virtual std::unique_ptr<FoldedState> initial() const = 0;
};

}  // namespace firn

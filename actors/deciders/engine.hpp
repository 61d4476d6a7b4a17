// The decider seam: how a category's events become state, and its commands events.
//
// A DeciderEngine is what a category's settings compile to; its streams' actors share it. A
// FoldedState is one stream's live state, owned by its actor and touched on that actor's strand
// only, so that an engine may keep it in whatever form folds fastest.
//
// Equal events give equal states, in every process, however often the state was written out and
// restored in between: snapshots and compaction stand on it.
// Thread: DeciderEngine's methods from any thread; a FoldedState from one at a time, and not
// always the same.
// Errors: a Failure says why, for a person; a state that failed to evolve is void.
#pragma once

#include "storage/event.hpp"

#include <boost/system/result.hpp>

#include <any>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

// Why something could not be done; null if it could. Shared, because boost::system::result gives
// its error out as a copy.
using Failure = std::shared_ptr<const std::string>;

[[nodiscard]] inline Failure failure(std::string reason) {
    return std::make_shared<const std::string>(std::move(reason));
}

// Which event could not be folded, and why.
struct FoldFailure {
    Version version;
    std::string reason;  // for a person
};

// What a client asks of a stream. The texts are JSON that validate_json() accepts.
struct Command {
    std::string type;
    std::string data = "{}";
    std::string metadata = "{}";
    // An embedder's own command object, for the engine that knows its type; texts are empty then.
    std::any native = {};
    // W3C Trace Context, kept with the events that it becomes; deciders do not see it.
    std::string traceparent = {};
};

// An event that a command was decided to be; the texts are JSON that validate_json() accepts.
struct DecidedEvent {
    std::string type;
    std::string data = "{}";
    std::string metadata = "{}";
};

struct Decision {
    enum class Kind : std::uint8_t {
        accepted,   // events, or none
        rejected,   // the decider refuses; `reason` is its own
        failed,     // it could not decide: an error in it, or a limit; `reason` says which
        no_decide,  // this decider has no decide
    };
    Kind kind = Kind::no_decide;
    std::vector<DecidedEvent> events = {};
    std::string reason = {};
    // With a native command: the embedder's own rejection object.
    std::any native_rejection = {};
};

class FoldedState {
public:
    virtual ~FoldedState() = default;
    // The event's version, id, time, texts are set, perhaps not its position. Throws Interrupted.
    [[nodiscard]] virtual Failure evolve(const EventView& event) = 0;
    // Appends the state as JSON text that DeciderEngine::restore() takes back.
    [[nodiscard]] virtual Failure write_json(std::string& out) const = 0;
    // Leaves the state as it is.
    [[nodiscard]] virtual Decision decide(const Command& command);
    // About how many bytes of memory the state holds.
    [[nodiscard]] virtual std::size_t memory_bytes() const noexcept = 0;
};

class DeciderEngine {
public:
    using Restored = boost::system::result<std::unique_ptr<FoldedState>, Failure>;

    virtual ~DeciderEngine() = default;
    [[nodiscard]] virtual std::string_view kind() const noexcept = 0;  // "merge_patch"
    [[nodiscard]] virtual std::unique_ptr<FoldedState> initial() const = 0;
    // From text that write_json() made, in this process or another.
    [[nodiscard]] virtual Restored restore(std::string_view json) const = 0;
    // Whether states of it can decide.
    [[nodiscard]] virtual bool has_decide() const noexcept { return false; }
    // Whether migrate() works.
    [[nodiscard]] virtual bool has_migrate() const noexcept { return false; }
    // A state that an engine of an older revision wrote, as this one would have it.
    [[nodiscard]] virtual Restored migrate(std::string_view json,
                                           std::uint32_t from_revision) const;
};

}  // namespace firn

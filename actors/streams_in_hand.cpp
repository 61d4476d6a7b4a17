#include "actors/streams_in_hand.hpp"

#include "actors/commands/command_events.hpp"

#include <algorithm>

namespace firn {

namespace {

std::string name_of(const StreamName& stream) {
    return stream.category + "/" + stream.id;
}

// In the stream that remembers the command its events are as those of a command to that stream
// alone, so that they are found the same way.
std::optional<EventId> id_in(const std::optional<CommandKey>& key, const StreamName& stream) {
    if (!key) {
        return std::nullopt;
    }
    return stream == key->remembered_in ? key->id : derived_command_id(key->id, stream);
}

}  // namespace

bool StreamsInHand::appends() const noexcept {
    return std::any_of(held_.begin(), held_.end(),
                       [](const auto& entry) { return entry.second->appends(); });
}

StreamsInHand::Prepared StreamsInHand::prepare(const std::optional<CommandKey>& key) const {
    Prepared prepared;
    bool remembered = !key;
    for (const auto& [name, held] : held_) {
        if (!held->appends() && !held->guarded) {
            continue;
        }
        StreamWrite write;
        write.stream = name;
        write.expected = held->guarded ? Expected::exactly(*held->version) : Expected::any();
        if (held->appends()) {
            std::vector<DecidedEvent> decided;
            prepared.objection = held->write_events(decided);
            if (prepared.objection.empty()) {
                auto encoded = encode_decided(decided, id_in(key, name), std::nullopt);
                write.events = std::move(encoded.events);
                prepared.objection = std::move(encoded.objection);
            }
            if (!prepared.objection.empty()) {
                prepared.objection.insert(0, name_of(name) + ": ");
                return prepared;
            }
            remembered = remembered || name == key->remembered_in;
        }
        prepared.transaction.writes.push_back(std::move(write));
    }
    if (!remembered) {
        prepared.objection = name_of(key->remembered_in) +
                             " is to remember the command, but no event is appended to it";
    }
    return prepared;
}

result<std::vector<std::pair<StreamName, Version>>> StreamsInHand::moved() const {
    std::vector<std::pair<StreamName, Version>> moved;
    const auto guarded = std::count_if(held_.begin(), held_.end(),
                                       [](const auto& entry) { return entry.second->guarded; });
    for (const auto& [name, held] : held_) {
        if (!held->guarded || guarded == 1) {
            continue;
        }
        const auto head = service_->head_version(name);
        if (!head) {
            return head.error();
        }
        if (*head != *held->version) {
            moved.emplace_back(name, *head);
        }
    }
    return moved;
}

void StreamsInHand::stop(error_code error, const StreamName& stream, const std::string& reason) {
    if (!stopped_) {
        stopped_ = StopReason{error, name_of(stream) + ": " + reason};
    }
    throw DecisionStopped(stopped_->reason);
}

HeldStream* StreamsInHand::find(const StreamName& name, const std::type_info& decider) {
    const auto found = held_.find(name);
    if (found != held_.end()) {
        if (found->second->decider() != decider) {
            stop(actor_errc::bad_request, name,
                 "the decision has it in hand as another decider's stream");
        }
        return found->second.get();
    }
    if (held_.size() == streams_max) {
        stop(actor_errc::bad_request, name,
             "a decision takes at most " + std::to_string(streams_max) + " streams in hand");
    }
    if (!is_valid_category(name.category) || !is_valid_stream_id(name.id)) {
        stop(actor_errc::bad_request, name, "this is no name of a stream");
    }
    return nullptr;
}

}  // namespace firn

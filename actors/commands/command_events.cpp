#include "actors/commands/command_events.hpp"

#include "actors/identity/event_id.hpp"
#include "storage/bytes.hpp"

#include <openssl/evp.h>

#include <cstring>
#include <stdexcept>

namespace firn {

namespace {

constexpr std::size_t type_bytes_max = 255;
constexpr std::size_t event_bytes_max = 1u << 20;
constexpr std::size_t decided_bytes_max = 8u << 20;  // as much as an append may bring

std::string objection_to(const DecidedEvent& event, std::size_t index) {
    const auto named = "decide returned as event " + std::to_string(index + 1) + " ";
    if (event.type.empty() || event.type.size() > type_bytes_max) {
        return named + "one whose type is not 1 to 255 bytes long";
    }
    if (event.type.starts_with('$')) {
        return named + "the type \"" + event.type +
               "\"; types that begin with \"$\" are the server's";
    }
    if (!is_valid_utf8(event.type)) {
        return named + "one whose type is not UTF-8";
    }
    const auto bytes = event.type.size() + event.data.size() + event.metadata.size();
    if (bytes > event_bytes_max) {
        return named + "one of " + std::to_string(bytes) + " bytes; at most " +
               std::to_string(event_bytes_max) + " are taken";
    }
    return {};
}

NewEvent as_new(const EventView& event) {
    NewEvent copy;
    copy.id = event.id;
    copy.id_from_client = event.id_from_client;
    copy.type = event.type;
    copy.data = event.data;
    copy.metadata = event.metadata;
    copy.traceparent = event.traceparent;
    copy.recorded_at = event.recorded_at;
    return copy;
}

// Those that a command was decided to be stand together, from appended.version on; a page holds
// only so many bytes of them.
error_code read_decided(const EventStore& store, const StreamName& stream, const EventId& command,
                        StreamOutcome& appended, EncodedEvents& events) {
    StreamQuery query;
    query.from = appended.version;
    query.limit = decided_events_max;
    for (;;) {
        const auto page = store.read(stream, query);
        if (!page) {
            return page.error();
        }
        for (const auto& event : page->events) {
            if (event.id != derived_event_id(command, events.count())) {
                return {};
            }
            events.add(as_new(event));
            appended.version = event.version;
            appended.position = event.position;
            appended.recorded_at = event.recorded_at;
        }
        if (page->events.empty() || appended.version >= page->version) {
            return {};
        }
        query.from = appended.version.next();
    }
}

CommandOutcome failed(error_code error) {
    CommandOutcome outcome;
    outcome.error = error;
    return outcome;
}

std::string salted(std::string_view purpose, const EventId& command) {
    std::string text(purpose);
    text.append(reinterpret_cast<const char*>(command.data()), command.size());
    return text;
}

// A UUIDv8 from the text's SHA-256.
EventId id_from(const std::string& text) {
    std::array<std::byte, 32> digest{};
    if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()),
                   nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL has no SHA-256");
    }
    EventId id{};
    std::memcpy(id.data(), digest.data(), id.size());
    id[6] = (id[6] & std::byte{0x0f}) | std::byte{0x80};
    id[8] = (id[8] & std::byte{0x3f}) | std::byte{0x80};
    return id;
}

}  // namespace

EventId derived_event_id(const EventId& command, std::uint32_t index) {
    auto text = salted("firn command event", command);
    put_int(text, index);
    return id_from(text);
}

EventId derived_command_id(const EventId& command, const StreamName& stream) {
    // A category holds no slash, so that no two streams make the same text.
    return id_from(salted("firn command stream", command) + stream.category + "/" + stream.id);
}

CommandEvents encode_decided(const std::vector<DecidedEvent>& decided,
                             const std::optional<EventId>& command_id,
                             std::optional<Timestamp> recorded_at, std::string_view traceparent) {
    if (decided.size() > decided_events_max) {
        return {nullptr, "decide returned " + std::to_string(decided.size()) + " events; at most " +
                             std::to_string(decided_events_max) + " are taken"};
    }
    auto encoded = std::make_shared<EncodedEvents>();
    for (std::size_t i = 0; i != decided.size(); ++i) {
        if (auto objection = objection_to(decided[i], i); !objection.empty()) {
            return {nullptr, std::move(objection)};
        }
        NewEvent event;
        event.id = command_id ? derived_event_id(*command_id, static_cast<std::uint32_t>(i))
                              : make_event_id();
        event.id_from_client = command_id.has_value();
        event.type = decided[i].type;
        event.data = decided[i].data;
        event.metadata = decided[i].metadata;
        event.traceparent = traceparent;
        event.recorded_at = recorded_at;
        encoded->add(event);
        if (encoded->bytes().size() > decided_bytes_max) {
            return {nullptr, "decide returned events of more than " +
                                 std::to_string(decided_bytes_max) + " bytes in all"};
        }
    }
    return {std::move(encoded), {}};
}

std::optional<CommandOutcome> find_command(const EventStore& store, const StreamName& stream,
                                           const EventId& command) {
    const auto first = store.find_event(stream, derived_event_id(command, 0));
    if (!first) {
        return failed(first.error());
    }
    if (!*first) {
        return std::nullopt;
    }
    CommandOutcome outcome;
    auto events = std::make_shared<EncodedEvents>();
    outcome.appended = {(*first)->version, (*first)->version, (*first)->position,
                        (*first)->recorded_at, true};
    auto read = read_decided(store, stream, command, outcome.appended, *events);
    if (read == storage_errc::compacted) {
        // The ids outlive the events.
        for (std::uint32_t i = 1;; ++i) {
            const auto next = store.find_event(stream, derived_event_id(command, i));
            if (!next) {
                return failed(next.error());
            }
            if (!*next) {
                break;
            }
            outcome.appended.version = (*next)->version;
            outcome.appended.position = (*next)->position;
        }
    } else if (read) {
        return failed(read);
    }
    outcome.events = std::move(events);
    return outcome;
}

}  // namespace firn

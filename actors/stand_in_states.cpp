#include "actors/stand_in_states.hpp"

#include "actors/json/value.hpp"

#include <algorithm>

namespace firn {

namespace {

constexpr std::string_view unrecoverable = R"({"error":"unrecoverable-state"})";

// Fills in from the first stand-in on. Where one was overtaken, the page ends before it.
error_code fill_in(const EventStore& store, const FeedQuery& query, FeedPage& page) {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i != page.events.size(); ++i) {
        auto& entry = page.events[i];
        const auto end_before = [&] {
            page.next_after = Position{entry.event.position.value() - 1};
            page.events.resize(i);
        };
        if (entry.kind == FeedEvent::Kind::snapshot) {
            const auto data = stand_in_data(store, *entry.stream, entry.event.version);
            if (!data) {
                return data.error();
            }
            if (!*data) {
                end_before();
                return {};
            }
            entry.event.data = page.memory.copy(**data);
        }
        bytes += entry.event.data.size() + entry.event.metadata.size();
        if (bytes > query.bytes_max && i != 0) {
            end_before();
            return {};
        }
    }
    return {};
}

}  // namespace

result<FeedPage> feed_with_states(const EventStore& store, const FeedQuery& query) {
    for (;;) {
        auto page = store.feed(query);
        if (!page) {
            return page;
        }
        const bool plain = std::ranges::all_of(page->events, [](const FeedEvent& entry) {
            return entry.kind != FeedEvent::Kind::snapshot;
        });
        if (plain) {
            return page;
        }
        if (const auto error = fill_in(store, query, *page)) {
            return error;
        }
        // An empty page that found something must be read anew.
        if (!page->events.empty() || page->next_after >= page->head) {
            return page;
        }
    }
}

result<std::optional<std::string>> stand_in_data(const EventStore& store, const StreamName& stream,
                                                 Version version) {
    const auto found = store.snapshots().find(stream, version);
    if (!found && found.error() == storage_errc::corrupt) {
        return std::optional(std::string(unrecoverable));
    }
    if (!found) {
        return found.error();
    }
    if (!*found) {
        const auto facts = store.facts(stream);
        const bool overtaken = !facts || facts->deleted || facts->first_version != version.next();
        return overtaken ? std::optional<std::string>() : std::optional(std::string(unrecoverable));
    }
    const auto& snapshot = **found;
    std::string data = "{\"state\":";
    data.append(snapshot.state).append(",\"decider\":{\"kind\":");
    write_json_string(data, snapshot.facts.decider_kind);
    data.append(",\"revision\":").append(std::to_string(snapshot.facts.revision));
    data.append("},\"state_hash\":\"").append(to_hex(snapshot.facts.state_hash));
    data.append("\",\"chain_hash\":\"").append(to_hex(snapshot.facts.chain_hash)).append("\"}");
    return std::optional(std::move(data));
}

}  // namespace firn

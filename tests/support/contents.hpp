// All that can be read of a store, as lines, so that before and after can be compared: the feed and
// filters of it, streams both ways, facts, remembered ids, snapshots, documents, counts.
// Thread: as EventStore. Errors: failed checks.
#pragma once

#include "storage/event_store.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/snapshot_builder.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace firn::test {

// `quickly` leaves out what takes long: small pages and remembered ids.
enum class Reading : std::uint8_t { thoroughly, quickly };

class Contents {
public:
    explicit Contents(const EventStore& store, Reading reading = Reading::thoroughly)
        : quickly_(reading == Reading::quickly) {
        feeds(store);
        const auto list = store.list({.limit = 1'000'000});
        BOOST_REQUIRE(list.has_value());
        for (const auto& facts : list->streams) {
            stream(store, facts);
        }
        for (const auto kind : document_kinds) {
            const auto found = store.documents().list(kind, {}, 1'000'000);
            BOOST_REQUIRE(found.has_value());
            for (const auto& [key, text] : *found) {
                add("document ", static_cast<char>(kind), ' ', key, ' ', text);
            }
        }
        const auto stats = store.stats();
        add("streams ", stats.streams, " events ", stats.events, " head ", stats.head_position);
    }

    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
    friend bool operator==(const Contents&, const Contents&) = default;

private:
    template <class... Part>
    void add(const Part&... part) {
        std::ostringstream line;
        (line << ... << part);
        lines_.push_back(line.str());
    }
    void add_event(const char* where, const EventView& event) {
        add(where, event.version, ' ', event.position, ' ',
            event.recorded_at.time_since_epoch().count(), ' ', event.type, ' ', event.data, ' ',
            event.metadata, ' ', event.traceparent, ' ', event.id_from_client,
            std::string_view(reinterpret_cast<const char*>(event.id.data()), event.id.size()));
    }

    // Pages of several sizes, so that they begin and end within what a vacuum left out.
    void feeds(const EventStore& store) {
        feed(store, {.limit = 100'000, .bytes_max = 1u << 30, .scan_max = 1u << 30});
        if (quickly_) {
            return;
        }
        feed(store, {.limit = 1});
        feed(store, {.limit = 7});
        feed(store, {.scan_max = 100});
        feed(store, {.limit = 20, .scan_max = 50, .categories = {"order"}, .types = {"Other"}});
    }
    void feed(const EventStore& store, FeedQuery query) {
        while (query.after < store.head_position()) {
            const auto page = store.feed(query);
            BOOST_REQUIRE_MESSAGE(page.has_value(), page.error().message());
            for (const auto& entry : page->events) {
                add("feed ", static_cast<int>(entry.kind), ' ', *entry.stream);
                add_event("  ", entry.event);
            }
            BOOST_REQUIRE(page->next_after > query.after);
            query.after = page->next_after;
            add("next ", query.after);
        }
    }

    void stream(const EventStore& store, const StreamFacts& facts) {
        add("stream ", facts.stream, ' ', facts.version, ' ', facts.first_version, ' ',
            facts.events, ' ', facts.bytes, ' ', facts.last_position, ' ',
            std::string_view(reinterpret_cast<const char*>(facts.chain_hash.data()), 32));
        for (const auto direction : {Direction::forward, Direction::backward}) {
            const auto page = store.read(
                facts.stream, {.direction = direction, .limit = 1'000'000, .bytes_max = 1u << 30});
            BOOST_REQUIRE_MESSAGE(page.has_value(), page.error().message());
            for (const auto& event : page->events) {
                add_event("event ", event);
                if (quickly_ || direction == Direction::backward) {
                    continue;
                }
                const auto found = store.find_event(facts.stream, event.id);
                BOOST_REQUIRE(found.has_value());
                BOOST_TEST_REQUIRE(found->has_value() == event.id_from_client);
            }
        }
        const auto kept = store.snapshots().list(facts.stream);
        BOOST_REQUIRE(kept.has_value());
        for (const auto& snapshot : *kept) {
            const auto found = store.snapshots().find(facts.stream, snapshot.version);
            BOOST_REQUIRE((found && *found));
            add("snapshot ", snapshot.version, ' ', static_cast<int>(snapshot.kind), ' ',
                (*found)->state);
        }
    }

    bool quickly_;
    std::vector<std::string> lines_;
};

}  // namespace firn::test

#include "actors/compaction/blocking_subscriptions.hpp"

#include <algorithm>

namespace firn {

namespace {

bool concerns(const SubscriptionSettings& settings, const StreamName& stream) {
    const auto& categories = settings.categories;
    return (categories.empty() ||
            std::ranges::find(categories, stream.category) != categories.end()) &&
           stream.id.starts_with(settings.id_prefix);
}

// Up to where it has read all that concerns it.
result<Position> has_read_to(const EventStore& store, const Subscription& subscription) {
    for (;;) {
        const auto page = subscription.read(store, 1, FeedQuery{}.bytes_max, FeedQuery{}.scan_max);
        if (!page) {
            return page.error();
        }
        if (!page->feed.events.empty()) {
            return Position{page->feed.events.front().event.position.value() - 1};
        }
        if (!page->must_look_on()) {
            return page->feed.head;
        }
    }
}

result<EventView> event_at(const EventStore& store, const StreamName& stream, Version version) {
    StreamQuery query;
    query.from = version;
    query.limit = 1;
    const auto page = store.read(stream, query);
    if (!page) {
        return page.error();
    }
    if (page->events.empty()) {
        return storage_errc::version_not_found;
    }
    auto event = page->events.front();
    // Its texts go with the page.
    event.type = event.data = event.metadata = event.traceparent = {};
    return event;
}

// The newest version with an event at or before `position`, of first - 1 to head; positions grow
// with versions.
result<Version> version_at(const EventStore& store, const StreamFacts& facts, Position position) {
    std::uint64_t below = facts.first_version.value() - 1;
    std::uint64_t above = facts.version.value() + 1;
    while (above - below > 1) {
        const auto middle = below + (above - below) / 2;
        const auto event = event_at(store, facts.stream, Version{middle});
        if (!event) {
            return event.error();
        }
        (event->position <= position ? below : above) = middle;
    }
    return Version{below};
}

}  // namespace

result<std::vector<CompactionBlocker>> blocking_subscriptions(
    const EventStore& store, const SubscriptionRegistry& subscriptions, const StreamName& stream) {
    std::vector<CompactionBlocker> blockers;
    for (const auto& subscription : subscriptions.blocking()) {
        if (!concerns(*subscription->view().settings, stream)) {
            continue;
        }
        const auto facts = store.facts(stream);
        const auto read_to =
            facts ? has_read_to(store, *subscription) : result<Position>(facts.error());
        if (!read_to) {
            return read_to.error();
        }
        if (facts->deleted || *read_to >= facts->last_position) {
            continue;
        }
        const auto version = version_at(store, *facts, *read_to);
        if (!version) {
            return version.error();
        }
        CompactionBlocker blocker;
        blocker.subscription = subscription->name();
        blocker.checkpoint = subscription->view().checkpoint;
        blocker.version = *version;
        if (const auto next = event_at(store, stream, version->next())) {
            blocker.age =
                std::max(std::chrono::floor<std::chrono::seconds>(now() - next->recorded_at),
                         std::chrono::seconds(0));
        }
        blockers.push_back(std::move(blocker));
    }
    return blockers;
}

}  // namespace firn

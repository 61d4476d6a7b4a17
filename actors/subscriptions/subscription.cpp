#include "actors/subscriptions/subscription.hpp"

#include "actors/stand_in_states.hpp"

#include <algorithm>

namespace firn {

namespace {

// Of the pages in which events are counted.
constexpr std::uint32_t counted_at_once = 1000;

FeedQuery query_of(const SubscriptionSettings& settings) {
    FeedQuery query;
    query.categories = settings.categories;
    query.types = settings.types;
    query.id_prefix = settings.id_prefix;
    return query;
}

Position before(const FeedEvent& event) {
    return Position{event.event.position.value() - 1};
}

std::chrono::seconds age_of(const FeedEvent& event, Timestamp at) {
    const auto age = std::chrono::floor<std::chrono::seconds>(at - event.event.recorded_at);
    return std::max(age, std::chrono::seconds(0));
}

}  // namespace

Subscription::Subscription(std::string name, Timestamp created_at,
                           std::shared_ptr<const SubscriptionSettings> settings,
                           Position checkpoint, std::shared_ptr<const StandIns> stand_ins)
    : name_(std::move(name)),
      created_at_(created_at),
      stand_ins_(std::move(stand_ins)),
      settings_(std::move(settings)),
      checkpoint_(checkpoint) {}

Subscription::View Subscription::view() const {
    const std::lock_guard lock(mutex_);
    return {settings_, checkpoint_};
}

void Subscription::set(std::shared_ptr<const SubscriptionSettings> settings) {
    const std::lock_guard lock(mutex_);
    if (!settings->filters_as(*settings_)) {
        empty_to_ = no_position;
    }
    settings_ = std::move(settings);
}

void Subscription::move_to(Position checkpoint) {
    const std::lock_guard lock(mutex_);
    checkpoint_ = std::max(checkpoint_, checkpoint);
}

Subscription::Look Subscription::begin_look() const {
    const std::lock_guard lock(mutex_);
    const auto mark = stand_ins_->mark();
    if (empty_to_ > checkpoint_) {
        empty_to_ = stand_ins_->still_empty_to(empty_mark_, checkpoint_, empty_to_);
    }
    empty_mark_ = mark;
    return {{settings_, checkpoint_}, mark, std::max(checkpoint_, empty_to_)};
}

void Subscription::found_empty(const Look& look, Position up_to) const {
    const std::lock_guard lock(mutex_);
    // Under other filters it means nothing. The checkpoint may have moved on meanwhile.
    if (settings_->filters_as(*look.view.settings) && up_to > empty_to_) {
        empty_to_ = up_to;
        empty_mark_ = look.mark;
    }
}

result<SubscriptionPage> Subscription::read(const EventStore& store, std::uint32_t limit,
                                            std::uint64_t bytes_max, std::uint32_t scan_max) const {
    const auto look = begin_look();
    auto query = query_of(*look.view.settings);
    query.after = look.after;
    query.limit = limit;
    query.bytes_max = bytes_max;
    query.scan_max = scan_max;
    auto page = feed_with_states(store, query);
    if (!page) {
        return page.error();
    }
    found_empty(look, page->events.empty() ? page->next_after : before(page->events.front()));
    return SubscriptionPage{std::move(*page), look.view.checkpoint};
}

result<SubscriptionLag> Subscription::lag(const EventStore& store, std::uint64_t scan_max,
                                          Timestamp at) const {
    const auto look = begin_look();
    auto query = query_of(*look.view.settings);
    query.after = look.after;
    query.limit = counted_at_once;
    SubscriptionLag lag;
    auto head = store.head_position();
    while (lag.scanned < scan_max && query.after < head) {
        query.scan_max = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(scan_max - lag.scanned, FeedQuery{}.scan_max));
        const auto page = store.feed(query);
        if (!page) {
            return page.error();
        }
        if (lag.events == 0 && !page->events.empty()) {
            found_empty(look, before(page->events.front()));
            lag.age = age_of(page->events.front(), at);
        }
        lag.events += page->events.size();
        lag.scanned += page->next_after.since(query.after);
        query.after = page->next_after;
        head = page->head;
    }
    if (lag.events == 0) {
        found_empty(look, query.after);
    }
    if (query.after >= head) {
        return lag;
    }
    lag.exact = false;
    if (lag.events == 0) {
        // The oldest that may match is as old as the first that was not looked at.
        FeedQuery next;
        next.after = query.after;
        next.limit = 1;
        const auto page = store.feed(next);
        if (!page) {
            return page.error();
        }
        if (!page->events.empty()) {
            lag.age = age_of(page->events.front(), at);
        }
    }
    lag.events += head.since(query.after);
    return lag;
}

}  // namespace firn

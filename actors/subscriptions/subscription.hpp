// A durable subscription as it is in effect: settings, checkpoint, and what comes after it.
//
// A subscriber reads from the checkpoint on, and moves it when it has dealt with what it read: at
// least once, in the order of positions. Reading moves nothing.
//
// It remembers in memory up to where nothing matches after the checkpoint, so that one that waits
// for rare events does not search the same stretch again.
// Thread: any; a mutex of its own, not held while the store is read.
// Errors: storage_errc of the feed.
#pragma once

#include "actors/subscriptions/stand_ins.hpp"
#include "actors/subscriptions/subscription_settings.hpp"
#include "storage/event_store.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace firn {

// The next events after the checkpoint, as far as one look at the feed found any.
struct SubscriptionPage {
    FeedPage feed;
    Position checkpoint;

    // Nothing was found so far, but not all was looked at.
    [[nodiscard]] bool must_look_on() const noexcept {
        return feed.events.empty() && feed.next_after < feed.head;
    }
};

// What the subscriber has not acknowledged. If that was too much to look at, `exact` is false, and
// events and age are at most those.
struct SubscriptionLag {
    std::uint64_t events = 0;
    bool exact = true;
    std::chrono::seconds age{0};  // of the oldest one; 0 if there is none
    std::uint64_t scanned = 0;    // positions looked at to find out
};

class Subscription {
public:
    struct View {
        std::shared_ptr<const SubscriptionSettings> settings;  // with `from`
        Position checkpoint;
    };

    Subscription(std::string name, Timestamp created_at,
                 std::shared_ptr<const SubscriptionSettings> settings, Position checkpoint,
                 std::shared_ptr<const StandIns> stand_ins);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] Timestamp created_at() const noexcept { return created_at_; }
    [[nodiscard]] View view() const;

    // Of at most `limit` events, bytes_max and scan_max as in FeedQuery.
    [[nodiscard]] result<SubscriptionPage> read(const EventStore& store, std::uint32_t limit,
                                                std::uint64_t bytes_max,
                                                std::uint32_t scan_max) const;
    // Looks at about scan_max positions; 0: at what is remembered only.
    [[nodiscard]] result<SubscriptionLag> lag(const EventStore& store, std::uint64_t scan_max,
                                              Timestamp at) const;

    // --- the registry, when it is durable ---
    void set(std::shared_ptr<const SubscriptionSettings> settings);
    void move_to(Position checkpoint);

private:
    // What a look at the feed starts from.
    struct Look {
        View view;
        StandIns::Mark mark;
        Position after;  // nothing matches between the checkpoint and here
    };

    [[nodiscard]] Look begin_look() const;
    // Nothing matched between look.after and here, either.
    void found_empty(const Look& look, Position up_to) const;

    const std::string name_;
    const Timestamp created_at_;
    const std::shared_ptr<const StandIns> stand_ins_;

    mutable std::mutex mutex_;  // guards what follows
    std::shared_ptr<const SubscriptionSettings> settings_;
    Position checkpoint_;
    // Nothing matches after the checkpoint up to here; as of that mark.
    mutable Position empty_to_;
    mutable StandIns::Mark empty_mark_ = 0;
};

}  // namespace firn

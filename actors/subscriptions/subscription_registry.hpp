// All subscriptions by name, as they are in the store and in effect.
//
// Thread: any; a mutex of its own, taken before a writer's, and not held while something is written
// or answered. A change takes effect when it is durable; those of one subscription do so in the
// order in which they were asked for, but for acknowledgements (subscription_writer.hpp).
// Errors: as SubscriptionOutcome, by the Done. Opening throws StorageFailure if a document does
// not check.
#pragma once

#include "actors/subscriptions/subscription_writer.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

class SubscriptionRegistry {
public:
    using Done = SubscriptionWriter::Done;
    using List = std::vector<std::shared_ptr<const Subscription>>;

    SubscriptionRegistry(const StoreGate& gate, SubscriptionLimits limits);

    // Null if there is none.
    [[nodiscard]] std::shared_ptr<const Subscription> find(std::string_view name) const;
    // At most `limit` after that name, in order of names.
    [[nodiscard]] List list(std::string_view after, std::size_t limit) const;
    [[nodiscard]] std::size_t count() const noexcept { return surroundings_->count.load(); }
    [[nodiscard]] std::uint64_t acknowledged() const noexcept {
        return surroundings_->acknowledged.value();
    }
    [[nodiscard]] const SubscriptionLimits& limits() const noexcept {
        return surroundings_->limits;
    }

    // Those that block compactions. Take the number of changes before: while it stays, so does
    // which they are and what they filter.
    [[nodiscard]] List blocking() const;
    [[nodiscard]] std::uint64_t changes() const noexcept { return surroundings_->changes.load(); }

    // Makes it, or replaces the filters and blocks_compaction of one that is there. Its checkpoint
    // stays; to state another beginning than its own is start_is_fixed.
    void set(const std::string& name, SubscriptionSettings settings, Done done);
    // With its checkpoint.
    void remove(const std::string& name, Done done);
    // The subscriber has dealt with everything up to there. An earlier position changes nothing.
    void acknowledge(const std::string& name, Position position, Done done);

    // Whoever makes a stand-in in the feed tells it here.
    [[nodiscard]] StandIns& stand_ins() noexcept { return *surroundings_->stand_ins; }

private:
    void load();
    [[nodiscard]] std::shared_ptr<SubscriptionWriter> writer_of(std::string_view name) const;
    void drop_unused();

    const std::shared_ptr<SubscriptionWriter::Surroundings> surroundings_;

    mutable std::mutex mutex_;  // guards what follows
    // Also of names that are not, or no longer, there.
    std::map<std::string, std::shared_ptr<SubscriptionWriter>, std::less<>> writers_;
    std::size_t drop_at_ = 64;
    mutable List blocking_;  // as of blocking_at_
    mutable std::uint64_t blocking_at_ = UINT64_MAX;
};

}  // namespace firn

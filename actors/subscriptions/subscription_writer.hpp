// Writes the changes of one subscription, one after the other, and answers them when they are
// durable.
//
// One write is under way at a time, whatever the store does, so that writes of one subscription
// never overtake each other. Acknowledgements that come meanwhile share the next write, which is
// of the highest of them; they and other changes go in turns. So the checkpoint in the store moves
// only forwards.
//
// A new subscription's checkpoint is written before its settings, and its settings are erased
// before its checkpoint: settings in the store always have a checkpoint of theirs. One that lost
// its settings to a crash means nothing, and is written over when the name is used again.
//
// Thread: any; a mutex of its own, not held while something is written or answered. A Done is
// called once, from any thread; it must be short and must not throw.
// Errors: as SubscriptionOutcome; overloaded where too many changes wait.
#pragma once

#include "actors/counters.hpp"
#include "actors/store_gate.hpp"
#include "actors/subscriptions/subscription.hpp"
#include "actors/subscriptions/subscription_outcome.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace firn {

class SubscriptionWriter : public std::enable_shared_from_this<SubscriptionWriter> {
public:
    using Done = std::function<void(SubscriptionOutcome)>;
    static constexpr std::size_t waiting_max = 10'000;  // acknowledgements, and other changes

    // What all writers share.
    struct Surroundings {
        Surroundings(const StoreGate& to_store, SubscriptionLimits bounds)
            : gate(to_store), limits(bounds) {}

        const StoreGate& gate;
        const SubscriptionLimits limits;
        const std::shared_ptr<StandIns> stand_ins = std::make_shared<StandIns>();
        std::atomic<std::size_t> count{0};      // of subscriptions that are there or being made
        std::atomic<std::uint64_t> changes{0};  // of settings, that took effect
        Counter acknowledged;
    };

    // `live`: as it was found in the store; null: there is none yet.
    SubscriptionWriter(std::string name, std::shared_ptr<Surroundings> surroundings,
                       std::shared_ptr<Subscription> live);

    // Null if there is none.
    [[nodiscard]] std::shared_ptr<Subscription> live() const;
    // There is none, and nothing waits that could make it.
    [[nodiscard]] bool is_unused() const;

    void set(SubscriptionSettings settings, Done done);
    void remove(Done done);
    void acknowledge(Position position, Done done);

private:
    struct Change {
        std::optional<SubscriptionSettings> settings;  // none: it goes
        Done done;
        std::optional<Position> head;  // as it was when it came in; none: closed
    };
    struct Acknowledgement {
        Position position;
        Done done;
    };
    struct Answer {
        Done done;
        SubscriptionOutcome outcome;
    };
    using Answers = std::vector<Answer>;
    struct Write {
        DocumentKind kind;
        std::optional<std::string> text;  // none: erase
    };
    // What is being written, and what it means once it is durable.
    struct Turn {
        enum class Kind : std::uint8_t { create, update, remove, acknowledge };
        Kind kind;
        std::vector<Write> writes;
        std::vector<Done> dones;
        std::shared_ptr<const SubscriptionSettings> settings = nullptr;  // create, update
        Timestamp created_at = {};                                       // create
        Position checkpoint = {};                                        // create, acknowledge
        std::size_t at = 0;                                              // in writes
    };

    void add(Change change);
    // None: the store is closed.
    [[nodiscard]] std::optional<Position> durable_head() const;
    // Goes on until a write is under way or nothing is left; one caller at a time.
    void drive();
    void start(Write write, DocumentStore::Done done) const;
    [[nodiscard]] std::optional<Write> advance(Answers& answers);
    // False: nothing waits. Answers what needs no write.
    bool begin_next(Answers& answers);
    void begin_acknowledging(Answers& answers);
    void begin_creating(Change change, Answers& answers);
    void begin_updating(Change change, Answers& answers);
    void finish(const error_code& error, Answers& answers);

    const std::string name_;
    const std::shared_ptr<Surroundings> surroundings_;

    mutable std::mutex mutex_;  // guards what follows
    std::shared_ptr<Subscription> live_;
    std::deque<Change> changes_;
    std::vector<Acknowledgement> acknowledgements_;
    bool acknowledgements_next_ = false;
    bool driven_ = false;
    std::optional<Turn> turn_;
    error_code error_;  // what the turn's last write came back with
};

}  // namespace firn

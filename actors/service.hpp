// firn::Service: the event store as a part of your own program.
//
// It runs every stream actor on the executor you give it, with one thread or many, and owns two
// threads of its own: the journal's (group commit) and the settler's. Nothing here knows HTTP.
//
//   boost::asio::io_context io;
//   firn::Service service(io.get_executor(), config);            // opens the store
//   co_await service.append({stream, Expected::any(), events});  // in a coroutine on io
//   co_await service.async_stop();
//
// Thread: all calls from any thread; a call's completion runs on the caller's executor.
// Cancelling a wait does not withdraw an append that is queued.
// Errors: results with storage_errc or actor_errc. The constructor throws StorageFailure, or
// std::invalid_argument naming the field that ServiceConfig::validate() refuses.
#pragma once

#include "actors/categories/advice.hpp"
#include "actors/categories/settings.hpp"
#include "actors/deciders/engine.hpp"
#include "actors/errors.hpp"
#include "actors/histogram.hpp"
#include "actors/subscriptions/subscription.hpp"
#include "actors/subscriptions/subscription_outcome.hpp"
#include "storage/event_store.hpp"
#include "storage/vacuum.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace firn {

class CatchUp;
class CategoryRegistry;
class CompactionScheduler;
class Compactions;
class SubscriptionRegistry;

struct ServiceConfig {
    std::filesystem::path data = "./firn-data";

    struct Commit {
        std::size_t waiting_max = 10'000;           // appends waiting; past it: overloaded
        std::size_t waiting_bytes_max = 64u << 20;  // their bytes
        std::size_t group_bytes_max = 4u << 20;     // of one journal record
    } commit;

    struct Actors {
        std::size_t cache_bytes_max = 256u << 20;  // states and actors held in memory
        std::chrono::seconds idle_after{300};      // an actor unused this long leaves
        std::size_t inbox_max = 1024;              // calls waiting for one stream
        std::chrono::milliseconds turn_max{5};     // of a stream's fold, until others have theirs
    } actors;

    struct Store {
        std::size_t segment_bytes = 64u << 20;      // of one journal segment
        std::size_t pending_bytes_max = 64u << 20;  // durable but unsettled; then backpressure
        std::uint32_t remembered_ids = 10'000;      // client ids remembered per stream, at least
        std::size_t map_bytes = std::size_t{64} << 30;  // LMDB's first map size; it grows by itself
    } store;

    SubscriptionLimits subscriptions;

    struct Compaction {
        std::uint32_t jobs_max = 2;            // of those that were asked for, at once
        std::size_t waiting_max = 10'000;      // that wait their turn; past it: overloaded
        std::size_t reports_max = 10'000;      // kept of those that are over
        std::chrono::seconds scan_every{60};   // between two looks of the scheduler
        std::uint32_t scheduler_jobs_max = 1;  // of the scheduler's own, at once
        std::uint32_t events_per_second = 0;   // that the scheduler replays; 0: no bound
        // Called as each step of a compaction is reached, on whatever thread: for tests that stop,
        // spoil or kill something there.
        std::function<void(std::string_view)> at_step = {};
    } compaction;

    SnapshotPolicy snapshots;  // where neither the category nor the stream says otherwise

    // Throws std::invalid_argument: "commit.waiting_max must be positive".
    void validate() const;
};

struct AppendRequest {
    AppendRequest() = default;
    // Declared for the sake of GCC 12, as StreamName's. Other aggregates (Transaction) must be
    // named before a co_await expression takes them.
    AppendRequest(StreamName to, Expected believed, std::shared_ptr<const EncodedEvents> batch)
        : stream(std::move(to)), expected(believed), events(std::move(batch)) {}

    StreamName stream;
    Expected expected;
    std::shared_ptr<const EncodedEvents> events;
};

// An append that was refused: the error, and what a client needs to go on.
struct AppendOutcome {
    error_code error;         // empty: durable
    StreamOutcome appended;   // if no error
    StreamConflict conflict;  // wrong_version, duplicate_event
};

// A state as JSON text, shared with the actor's cache.
struct StateView {
    Version version;
    std::shared_ptr<const std::string> json;
    std::string decider_kind;
    std::uint32_t decider_revision = 0;
    // An external decider's state is the newest that a client put; so many events came later.
    std::optional<std::uint64_t> events_behind = {};
};

// Why a state could not be had, or a snapshot not be taken; fold is set for fold_failed.
struct StateFailure {
    error_code error;
    Version current_version;  // version_not_found
    std::optional<FoldFailure> fold;
};
using StateResult = boost::system::result<StateView, StateFailure>;
using SnapshotResult = boost::system::result<SnapshotFacts, StateFailure>;

struct CommandRequest {
    CommandRequest() = default;
    // Declared for the sake of GCC 12, as AppendRequest's.
    CommandRequest(StreamName to, Command asked, std::optional<EventId> with_id = {})
        : stream(std::move(to)), command(std::move(asked)), id(with_id) {}

    StreamName stream;
    Command command;
    // Makes it idempotent: the ids of its events follow from it.
    std::optional<EventId> id;
};

// What became of a command.
struct CommandOutcome {
    // command_rejected, no_decide, fold_failed; or as of an append.
    error_code error;
    std::string reason = {};               // why it was rejected, or could not be decided
    std::any native_rejection = {};        // the embedder's own
    std::optional<FoldFailure> fold = {};  // fold_failed
    StreamOutcome appended = {};           // the version that it left, events or not
    // Null if it decided nothing; then appended.version is the version it was decided on.
    std::shared_ptr<const EncodedEvents> events = {};
};

struct CategoryAdvice {
    MeasuredCosts measured;
    Advice advice;
    std::uint32_t every = 0;  // in effect
};

// Why a category's settings were refused: the decider's fault, or the store's.
struct SettingsOutcome {
    error_code error;  // invalid_decider, or of the store
    InvalidDecider invalid = {};
};

struct ServiceStats {
    StoreStats store;
    std::uint64_t actors_cached = 0;
    std::uint64_t actor_bytes = 0;
    std::uint64_t actors_evicted = 0;
    std::uint64_t queue_waiting = 0;
    std::uint64_t queue_waiting_bytes = 0;
    std::uint64_t commits = 0;  // groups synced
    std::uint64_t appends = 0;  // transactions committed
    std::uint64_t events_appended = 0;
    std::uint64_t conflicts = 0;
    std::uint64_t replays = 0;
    std::uint64_t overloads = 0;
    std::uint64_t states_served = 0;
    std::uint64_t states_from_cache = 0;
    std::uint64_t events_applied = 0;  // folded, in all

    struct Snapshots {
        std::uint64_t taken = 0;
        std::uint64_t failed = 0;       // saves that failed; each was tried again
        std::uint64_t used = 0;         // loads that started from one
        std::uint64_t passed_over = 0;  // that did not check, or did not restore
        std::uint64_t due = 0;          // streams that wait for theirs
        SnapshotStats store;
    } snapshots;
    // Since the start; running, waiting and quarantined: now.
    struct Compactions {
        std::uint64_t succeeded = 0;
        std::uint64_t skipped = 0;
        std::uint64_t failed = 0;
        std::uint64_t cancelled = 0;
        std::uint64_t events_deleted = 0;
        std::uint64_t bytes_deleted = 0;
        std::uint64_t running = 0;
        std::uint64_t waiting = 0;
        std::uint64_t quarantined = 0;
    } compactions;
    std::uint64_t commands = 0;  // decided
    std::uint64_t commands_rejected = 0;
    std::uint64_t subscriptions = 0;
    std::uint64_t acknowledgements = 0;  // answered as durable
    // Loads by the number of events that they applied: at most bounds[i], and beyond the last.
    HistogramView load_events;
};

template <class D>
class TypedStream;

class Service {
public:
    // Opens journal + LMDB in config.data.
    Service(boost::asio::any_io_executor executor, ServiceConfig config);
    // Over a store that the caller made (tests; the memory model).
    Service(boost::asio::any_io_executor executor, ServiceConfig config,
            std::unique_ptr<EventStore> store);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    boost::asio::awaitable<AppendOutcome> append(AppendRequest request);
    boost::asio::awaitable<TransactionOutcome> transact(Transaction transaction);
    // One after another, each all or nothing by itself, with as few syncs as can be: their events
    // take their places in this order, unless a stream has commands waiting. From the first one
    // for which there is no room on, all are refused. A cancelled wait ends with no outcomes.
    // Alone among writes, these may begin streams compacted: the state is taken as one of the
    // category's decider in force, which must have been declared and be of the anchor's kind, or
    // it is decider_not_declared; plan_changed if that one is being changed just now.
    boost::asio::awaitable<std::vector<TransactionOutcome>> transact_all(
        std::vector<Transaction> transactions);
    // At `version` (0: the initial state), or at the head.
    boost::asio::awaitable<StateResult> state(StreamName stream, std::optional<Version> version);
    // The head's state if the actor has it ready as JSON and nothing is in flight that could
    // change it: no waiting, no hop. Null otherwise; then ask state().
    [[nodiscard]] std::optional<StateView> cached_state(const StreamName& stream) const;
    boost::asio::awaitable<AppendOutcome> delete_stream(StreamName stream, Expected expected);
    // Decides on the newest state and appends what the decider returns, in one step: no conflict.
    boost::asio::awaitable<CommandOutcome> execute(CommandRequest request);

    // Takes one of the head's state now; answers when it is durable.
    boost::asio::awaitable<SnapshotResult> take_snapshot(StreamName stream);
    // Of a category whose decider is external: a state that a client folded. bad_request if the
    // decider is another one, or of another revision.
    boost::asio::awaitable<SnapshotResult> put_snapshot(StreamName stream, Version version,
                                                        std::string state, std::uint32_t revision);

    // Settings take effect when they are durable. None: back to the defaults.
    boost::asio::awaitable<SettingsOutcome> set_category(std::string category,
                                                         std::optional<CategorySettings> settings);
    boost::asio::awaitable<SettingsOutcome> set_stream_policy(
        StreamName stream, std::optional<SnapshotSettings> policy);
    [[nodiscard]] std::shared_ptr<CategoryRegistry> categories() const;

    // Makes a subscription, or replaces what an existing one asks for; its checkpoint stays.
    // Answers when that is durable. Name the settings before a co_await takes them.
    boost::asio::awaitable<SubscriptionOutcome> set_subscription(std::string name,
                                                                 SubscriptionSettings settings);
    boost::asio::awaitable<SubscriptionOutcome> delete_subscription(std::string name);
    // Moves its checkpoint forwards; answers when that is durable.
    boost::asio::awaitable<SubscriptionOutcome> acknowledge(std::string name, Position position);
    // Null if there is none. It reads from store().
    [[nodiscard]] std::shared_ptr<const Subscription> subscription(std::string_view name) const;
    [[nodiscard]] std::shared_ptr<SubscriptionRegistry> subscriptions() const;

    // Compactions of streams and categories, their reports and the quarantine; include
    // actors/compaction/compactions.hpp.
    [[nodiscard]] std::shared_ptr<Compactions> compactions() const;
    // What compacts in the background; actors/compaction/compaction_scheduler.hpp.
    [[nodiscard]] std::shared_ptr<CompactionScheduler> scheduler() const;

    // Gives free space back to the file system while everything goes on; one at a time. Ends when
    // it is done; what it could not do leaves the store as it was.
    boost::asio::awaitable<result<VacuumProgress>> vacuum();
    // What one would need, and how far the one that runs is.
    [[nodiscard]] result<VacuumNeeds> vacuum_needs() const;
    [[nodiscard]] std::optional<VacuumProgress> vacuum_progress() const;

    // What folding costs in a category, and what follows from it. Where too little was measured
    // since the start, a few milliseconds are spent on measuring.
    [[nodiscard]] CategoryAdvice advise(const std::string& category) const;

    // The category's decider is this engine from now on, for HTTP too; blocks until that is
    // durable. Raise the code revision when the meaning of the code changes. Throws
    // StorageFailure.
    void register_decider(std::string category, std::shared_ptr<const DeciderEngine> engine,
                          std::uint32_t code_revision);
    // The same for a C++ type; needs actors/typed_stream.hpp.
    template <class D>
    void register_decider(std::string category);
    template <class D>
    [[nodiscard]] TypedStream<D> stream(std::string category, std::string id);

    // Reads go straight to the store, which may touch the disk but waits for nobody.
    [[nodiscard]] const EventStore& store() const noexcept;
    // Reads the feed from query.after to its head in large windows, some ahead on a thread of the
    // service's own (actors/catch_up.hpp). It must end before the service stops.
    [[nodiscard]] std::unique_ptr<CatchUp> catch_up(FeedQuery query) const;
    // Two of them that may meet a stop on another thread: then actor_errc::closed.
    [[nodiscard]] result<Version> head_version(const StreamName& stream) const;
    // What a command with this id was decided to be, if the stream remembers it; as execute()
    // answers a repeat. Nothing if it does not.
    [[nodiscard]] std::optional<CommandOutcome> recall(const StreamName& stream,
                                                       const EventId& command) const;
    [[nodiscard]] ServiceStats stats() const;

    // Position of the newest durable event; waits until it is past `seen` or the time is up.
    boost::asio::awaitable<Position> wait_past(Position seen, std::chrono::milliseconds at_most);

    // Takes no new work, answers what is in flight, stops both threads, closes the store.
    // Idempotent. Later calls answer actor_errc::closed.
    boost::asio::awaitable<void> async_stop();
    // The same for destructors and tests: blocks; must not be called from the executor's thread
    // while calls are in flight.
    void stop();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace firn

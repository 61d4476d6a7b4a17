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

#include "actors/deciders/decider.hpp"
#include "actors/errors.hpp"
#include "storage/event_store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace firn {

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
    } actors;

    struct Store {
        std::size_t segment_bytes = 64u << 20;      // of one journal segment
        std::size_t pending_bytes_max = 64u << 20;  // durable but unsettled; then backpressure
        std::uint32_t remembered_ids = 10'000;      // client ids remembered per stream, at least
        std::size_t map_bytes = std::size_t{64} << 30;  // LMDB's first map size; it grows by itself
    } store;

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
    std::string_view decider_kind;
    std::uint32_t decider_revision = 0;
};

// Why a state could not be had; fold is set for fold_failed.
struct StateFailure {
    error_code error;
    Version current_version;  // version_not_found
    std::optional<FoldFailure> fold;
};
using StateResult = boost::system::result<StateView, StateFailure>;

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
};

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
    // At `version` (0: the initial state), or at the head.
    boost::asio::awaitable<StateResult> state(StreamName stream, std::optional<Version> version);
    // The head's state if the actor has it ready as JSON and nothing is in flight that could
    // change it: no waiting, no hop. Null otherwise; then ask state().
    [[nodiscard]] std::optional<StateView> cached_state(const StreamName& stream) const;
    boost::asio::awaitable<AppendOutcome> delete_stream(StreamName stream, Expected expected);

    // Reads go straight to the store, which may touch the disk but waits for nobody.
    [[nodiscard]] const EventStore& store() const noexcept;
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

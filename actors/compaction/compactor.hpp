// Compacts streams of a store that you bring, with the decider that you give it: for programs that
// use the storage without a firn::Service.
//
//   firn::Compactor compactor(io.get_executor(), store, store.snapshots(), engine);
//   const auto result = co_await compactor.compact(stream, options);
//
// The state that is served is, here, the one that the newest snapshot and the events after it
// give. Nobody else may compact the same stream meanwhile, and no subscriptions block.
// Thread: compact() on the executor; both stores outlive it, and it outlives its calls.
// Errors: in the result. Its reports are not kept.
#pragma once

#include "actors/compaction/compaction_report.hpp"
#include "actors/deciders/engine.hpp"
#include "storage/event_store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace firn {

using CompactionResult = CompactionReport;

class Compactor {
public:
    // `revision`: of the decider; raise it when its meaning changes.
    Compactor(boost::asio::any_io_executor executor, EventStore& store, SnapshotStore& snapshots,
              std::shared_ptr<const DeciderEngine> decider, std::uint32_t revision = 1);
    ~Compactor();
    Compactor(const Compactor&) = delete;
    Compactor& operator=(const Compactor&) = delete;

    // A bound is stated, or the result says that none is.
    [[nodiscard]] boost::asio::awaitable<CompactionResult> compact(StreamName stream,
                                                                   CompactionOptions options);

private:
    class Host;
    std::shared_ptr<Host> host_;
};

}  // namespace firn

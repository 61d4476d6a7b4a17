// The constructor that opens the journaled store. It is alone here, so that a program which brings
// its own store does not link the journal and LMDB.
#include "actors/service.hpp"
#include "storage/journaled/journaled_store.hpp"

namespace firn {

namespace {

std::unique_ptr<EventStore> open_store(const ServiceConfig& config) {
    config.validate();
    JournaledConfig journaled;
    journaled.directory = config.data;
    journaled.segment_bytes = config.store.segment_bytes;
    journaled.pending_bytes_max = config.store.pending_bytes_max;
    journaled.remembered_ids = config.store.remembered_ids;
    journaled.map_bytes = config.store.map_bytes;
    return open_journaled_store(std::move(journaled));
}

}  // namespace

Service::Service(boost::asio::any_io_executor executor, ServiceConfig config)
    : Service(std::move(executor), config, open_store(config)) {}

}  // namespace firn

// What stands in for the store after the service stopped: answers storage_errc::closed to all.
// Thread: any. Errors: closed, always.
#pragma once

#include "storage/event_store.hpp"

namespace firn {

class ClosedStore final : public EventStore {
public:
    [[nodiscard]] std::vector<TransactionOutcome> commit(
        std::span<const Transaction> group) override;
    [[nodiscard]] result<StreamFacts> facts(const StreamName& stream) const override;
    [[nodiscard]] result<Version> head_version(const StreamName& stream) const override;
    [[nodiscard]] result<StreamPage> read(const StreamName& stream,
                                          const StreamQuery& query) const override;
    [[nodiscard]] result<FeedPage> feed(const FeedQuery& query) const override;
    [[nodiscard]] result<StreamList> list(const ListQuery& query) const override;
    [[nodiscard]] Position head_position() const override;
    [[nodiscard]] StoreStats stats() const override;
    [[nodiscard]] result<void> cut(const StreamName& stream, Version up_to) override;
    [[nodiscard]] result<ReclaimProgress> reclaim(std::uint32_t events_max) override;
};

}  // namespace firn

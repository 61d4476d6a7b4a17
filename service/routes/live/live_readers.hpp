// Those who wait for the live feed, by what can interest them, so that an event looks at few.
// Thread: one at a time. Errors: none.
#pragma once

#include "service/routes/live/live_batch.hpp"
#include "service/routes/live/live_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace firn {

class LiveReaders {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    // How often one was added so far.
    [[nodiscard]] std::uint64_t added() const noexcept { return added_; }
    // How often one was woken so far.
    [[nodiscard]] std::uint64_t woken() const noexcept { return woken_; }

    void add(const std::shared_ptr<LiveReader>& reader);
    // Without waking it.
    void remove(LiveReader& reader);
    // Those for whom there is something in the batch. They leave.
    void wake_interested(const LiveBatch& batch);
    void wake_all();

private:
    void list(const std::shared_ptr<LiveReader>& reader, LiveReader::Lists& lists, std::string key);
    void wake(LiveReader& reader);
    void wake_some(LiveReader::List& readers, const LiveBatch& batch, const FeedEvent& event);

    LiveReader::Lists by_stream_;  // category, zero, id
    LiveReader::Lists by_category_;
    LiveReader::List others_;
    std::size_t size_ = 0;
    std::uint64_t added_ = 0;
    std::uint64_t woken_ = 0;
};

}  // namespace firn

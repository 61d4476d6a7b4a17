// One stream, live, from a version on. Where events were compacted away, one `$snapshot` with the
// state comes in their place.
// Thread: one session's. Errors: as LiveSource.
#pragma once

#include "service/routes/live/live_source.hpp"

namespace firn {

class StreamSource final : public LiveSource {
public:
    // `from`: the first version to send. The stream exists.
    StreamSource(Service& service, LiveFeed& live, std::chrono::milliseconds heartbeat,
                 StreamName stream, Version from);

private:
    Came read_store(std::string& out) override;
    void say_caught_up(std::string& out) override;
    void read_batch(const LiveBatch& batch, std::string& out) override;
    LiveInterest interest() const override { return {nullptr, &stream_}; }
    bool has_ended(std::string& out) override;

    // What comes next of the stream.
    void take(const FeedEvent& entry, std::string& out);
    // What stands in for the events that were cut: false if there is none to send.
    bool append_snapshot(std::string& out);

    Service& service_;
    const StreamName stream_;
    Version next_;
};

}  // namespace firn

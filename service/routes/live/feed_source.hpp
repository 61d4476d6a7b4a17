// The global feed, live, through a query's filters.
// Thread: one session's. Errors: as LiveSource.
#pragma once

#include "service/routes/live/live_source.hpp"

namespace firn {

class FeedSource final : public LiveSource {
public:
    // Begins after query.after; the query's bounds are not looked at.
    FeedSource(Service& service, LiveFeed& live, std::chrono::milliseconds heartbeat,
               FeedQuery query);
    ~FeedSource() override;

private:
    Came read_store(std::string& out) override;
    void say_caught_up(std::string& out) override;
    void read_batch(const LiveBatch& batch, std::string& out) override;
    LiveInterest interest() const override { return {&query_, nullptr}; }
    bool has_ended(std::string&) override { return false; }

    Service& service_;
    FeedQuery query_;
    std::unique_ptr<CatchUp> reader_;  // while it is behind
};

}  // namespace firn

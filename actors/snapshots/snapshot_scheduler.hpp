// Takes the snapshots that policies want, beside the work that clients wait for.
//
// Streams come here when they cross their interval, or when a save of theirs failed; a few at a
// time are asked for a snapshot. While appends go on, it keeps to a share of the time: the next
// one starts only when 19 times what the last one took has passed. A stream that crosses its
// interval again while it waits is still served once, so that under a load which leaves no time
// snapshots come less often, and appends as fast as without.
//
// Thread: any. Errors: none; past waiting_max a stream is not taken, and comes again with its next
// interval.
#pragma once

#include "actors/actor_context.hpp"
#include "actors/stream_actor.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace firn {

class SnapshotScheduler : public std::enable_shared_from_this<SnapshotScheduler> {
public:
    static constexpr std::size_t waiting_max = 100'000;

    using FindActor = std::function<std::shared_ptr<StreamActor>(const StreamName&)>;
    // find_actor is called until close().
    SnapshotScheduler(std::shared_ptr<ActorContext> context, FindActor find_actor);

    // False: past waiting_max, or closed.
    [[nodiscard]] bool add(const StreamName& stream);
    // After a failure: a while later.
    void add_again(const StreamName& stream);
    // One that was asked for is with the store, or is not to be had.
    void one_ended();
    void close();

    [[nodiscard]] std::uint64_t due() const;

private:
    using Clock = std::chrono::steady_clock;

    void pump();
    void schedule_pump();
    void arm(Clock::duration after);

    const std::shared_ptr<ActorContext> context_;

    mutable std::mutex mutex_;
    FindActor find_actor_;
    std::deque<StreamName> waiting_;
    std::vector<StreamName> failed_;
    std::unique_ptr<boost::asio::steady_timer> timer_;
    bool timer_armed_ = false;
    bool pump_posted_ = false;
    bool closed_ = false;
    std::uint32_t running_ = 0;
    Clock::time_point started_{};
    Clock::time_point resume_at_{};
    std::uint64_t commits_seen_ = 0;
};

}  // namespace firn

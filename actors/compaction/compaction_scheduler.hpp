// Compacts in the background what categories with compaction.enabled have too much of.
//
// Every scan_every, begun with a jitter so that many servers do not do it at once, it looks at the
// streams of these categories, and compacts those with at least min_events to delete, those that
// save most first, as their category's keep_last says. It yields as every compaction does, and
// takes no more than events_per_second. A stream that fails is quarantined, and the others go on.
// While no category is enabled there is no timer and nothing to do.
//
// Thread: any; a mutex of its own, not held while something is written or awaited.
// Errors: of a document's write. Opening throws StorageFailure if its document does not check.
#pragma once

#include "actors/compaction/compactions.hpp"

#include <boost/asio/steady_timer.hpp>

#include <random>

namespace firn {

class CompactionScheduler : public std::enable_shared_from_this<CompactionScheduler> {
public:
    struct Status {
        bool paused = false;
        bool enabled = false;          // some category is
        std::size_t running = 0;       // its own
        std::size_t waiting = 0;       // streams of this pass, still to be compacted
        std::uint64_t streams = 0;     // compacted since the start
        std::uint64_t events = 0;      // deleted since the start
        std::uint64_t bytes = 0;       // likewise
        double events_per_second = 0;  // deleted in this pass, or the last one
        std::optional<Timestamp> last_scan;
        std::optional<Timestamp> next_scan;
    };

    CompactionScheduler(std::shared_ptr<ActorContext> context,
                        std::shared_ptr<Compactions> compactions, ServiceConfig::Compaction config);

    // Some category's settings took effect, or the service begins.
    void settings_changed();
    // In effect at once; `done` when it is durable.
    void set_paused(bool paused, DocumentStore::Done done);
    [[nodiscard]] Status status() const;
    void close();

private:
    using Clock = std::chrono::steady_clock;
    struct Candidate {
        StreamName stream;
        CompactionOptions options;
        std::uint64_t saving = 0;  // bytes, about
    };

    [[nodiscard]] bool has_enabled() const;
    void arm(Clock::duration after);  // under the mutex
    void scan_soon();
    boost::asio::awaitable<void> scan();
    boost::asio::awaitable<void> gather(std::string category, std::vector<Candidate>& found);
    boost::asio::awaitable<void> run_lane();
    [[nodiscard]] std::optional<Candidate> next();
    void count(const CompactionReport& report);
    [[nodiscard]] bool is_paused() const;
    [[nodiscard]] Clock::duration jittered(Clock::duration time);

    const std::shared_ptr<ActorContext> context_;
    const std::shared_ptr<Compactions> compactions_;
    const ServiceConfig::Compaction config_;
    std::atomic<bool> closed_{false};

    mutable std::mutex mutex_;  // guards what follows
    std::unique_ptr<boost::asio::steady_timer> timer_;
    std::minstd_rand random_{std::random_device{}()};
    bool armed_ = false;
    bool passing_ = false;  // from a scan's begin to its last lane's end
    std::size_t lanes_ = 0;
    std::deque<Candidate> waiting_;
    Clock::time_point pass_began_{};
    std::uint64_t pass_events_ = 0;
    Status status_;
};

}  // namespace firn

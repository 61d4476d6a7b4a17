// Steps 5 and 6: the cut, and giving back the space; and the way back before it.
#include "actors/compaction/compaction.hpp"
#include "actors/compaction/compaction_store.hpp"

#include <chrono>

namespace firn {

boost::asio::awaitable<Compaction::Next> Compaction::cut() {
    if (!control_->begin_cut()) {
        co_return end(CompactionStatus::cancelled, "it was cancelled");
    }
    enter(CompactionPhase::cut);
    host_->at("before the cut");
    // The report as it is after the cut is written with it, so it is made now.
    auto after = report_;
    after.phase = CompactionPhase::reclaim;
    after.first_version_after = report_.up_to_version.next();
    const auto cut = co_await cut_if_confirmed(host_, after, by_->revision, blockers_mark_);
    host_->at("after the cut");
    if (cut && cut->events > 0) {
        report_ = after;
        report_.events_deleted = cut->events;
        report_.bytes_deleted = cut->bytes;
        anchor_written_ = no_version;
        control_->publish(report_);
        co_return Next::go_on;
    }
    control_->cut_refused();
    if (cut || cut.error() == actor_errc::plan_changed ||
        cut.error() == storage_errc::stream_deleted) {
        co_return Next::plan_again;
    }
    if (cut.error() == storage_errc::anchor_missing) {
        co_return fail_suspect("the anchor does not check any more");
    }
    co_return fail(cut.error(), "cutting");
}

// What a cut would take away.
boost::asio::awaitable<Compaction::Next> Compaction::size_up() {
    const auto sized = co_await facts_of_cut(host_, report_.stream, report_.up_to_version);
    if (!sized) {
        co_return fail(sized.error(), "looking at what would go");
    }
    if (sized->events == 0) {
        co_return Next::plan_again;
    }
    report_.events_deleted = sized->events;
    report_.bytes_deleted = sized->bytes;
    report_.first_version_after = report_.up_to_version.next();
    co_return end(CompactionStatus::succeeded, {});
}

boost::asio::awaitable<Compaction::Next> Compaction::reclaim() {
    enter(CompactionPhase::reclaim);
    for (;;) {
        const auto began = std::chrono::steady_clock::now();
        {
            const auto stores = host_->enter();
            if (!stores) {
                co_return Next::closed;
            }
            const auto reclaimed = stores.events().is_reclaimed(report_.stream);
            if (reclaimed && *reclaimed) {
                break;
            }
        }
        const auto progress = co_await reclaim_some(host_);
        host_->at("reclaiming");
        if (!progress) {
            if (is_closed(progress.error())) {
                co_return Next::closed;
            }
            // The events are gone for readers; their bytes go when the store can write again.
            report_.reason = "the space is given back later: " + progress.error().message();
            break;
        }
        co_await host_->yield_after(std::chrono::steady_clock::now() - began);
    }
    host_->at("reclaimed");
    co_return end(CompactionStatus::succeeded, std::move(report_.reason));
}

// An anchor that is not in effect goes; a client's snapshot that it took the place of comes back.
boost::asio::awaitable<void> Compaction::take_anchor_back() {
    const auto version = std::exchange(anchor_written_, no_version);
    if (version != no_version) {
        (void)co_await remove_anchor(host_, report_.stream, version);
    }
}

}  // namespace firn

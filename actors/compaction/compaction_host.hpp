// What a compaction asks of the world around it: a service's, or an embedder's own.
// Thread: any, unless said otherwise.
#pragma once

#include "actors/compaction/compaction_report.hpp"
#include "actors/compaction/replay.hpp"
#include "actors/service.hpp"
#include "actors/store_gate.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace firn {

[[nodiscard]] inline bool is_closed(const error_code& error) noexcept {
    return error == storage_errc::closed || error == actor_errc::closed;
}

class CompactionHost {
public:
    // The stores for as long as it lives, which is never across a wait. None of them: closed.
    class Stores {
    public:
        Stores(StoreGate::Pass pass, EventStore* events, SnapshotStore* snapshots)
            : pass_(std::move(pass)), events_(events), snapshots_(snapshots) {}
        [[nodiscard]] explicit operator bool() const noexcept { return events_ != nullptr; }
        [[nodiscard]] EventStore& events() const noexcept { return *events_; }
        [[nodiscard]] SnapshotStore& snapshots() const noexcept { return *snapshots_; }

    private:
        StoreGate::Pass pass_;
        EventStore* events_;
        SnapshotStore* snapshots_;
    };

    virtual ~CompactionHost() = default;

    [[nodiscard]] virtual Stores enter() const = 0;
    // Whose word counts for the category; null: none was declared.
    [[nodiscard]] virtual std::shared_ptr<const CategoryInEffect> decider(
        const std::string& category) const = 0;
    // The blocking subscriptions that this stream's events concern and that have not read them
    // all, and a mark of who they are.
    struct Blockers {
        std::vector<CompactionBlocker> blockers;
        std::uint64_t mark = 0;
    };
    [[nodiscard]] virtual result<Blockers> blockers(const StreamName& stream) const = 0;
    // The state that is served; fold_failed and the like where there is none.
    [[nodiscard]] virtual boost::asio::awaitable<StateResult> live_state(StreamName stream) = 0;

    // In the cut's transaction, on the store's writing thread: whether what the plan rests on
    // still holds. An error undoes the cut: plan_changed, to plan again. Else what is written with
    // it, the report among it. If it was not refused, cut_ended() follows.
    [[nodiscard]] virtual result<std::vector<DocumentText>> confirm_cut(
        const CompactionReport& report, std::uint32_t revision, std::uint64_t blockers_mark) = 0;
    // `position`: the stand-in's; none if there was no cut after all.
    virtual void cut_ended(const CompactionReport& report, std::optional<Position> position) = 0;

    // Keeps the report durably.
    [[nodiscard]] virtual boost::asio::awaitable<error_code> keep(CompactionReport report) = 0;
    // Others first: ends when the next slice may begin, after one that took so long.
    [[nodiscard]] virtual boost::asio::awaitable<void> yield_after(
        std::chrono::nanoseconds slice) = 0;
    // A step is reached: tests stop, kill or spoil something there.
    virtual void at(std::string_view step) = 0;
    // Resumes a coroutine, from a thread of the store's.
    virtual void post(std::function<void()> function) = 0;
};

}  // namespace firn

// Reads the feed from where a reader stands to its head, fast: in large windows, some of them
// ahead.
//
// Windows are gathered while the one before them is being handed out, by whatever thread of the
// executor is free; if none was, by the reader itself, which also gathers the one after it
// rather than wait. So a reader never waits for a thread that is not at work for it.
//
// Where those further ahead begin is reckoned by how large events were so far. Where that was
// wrong, what was gathered of them is dropped.
//
// A `$snapshot` comes with its state (stand_in_states.hpp). Where another cut overtook it since the
// window was gathered, the reader goes on with a new window from there.
//
// All readers share a budget of memory. Who gets none of it reads small windows and none ahead:
// slower by the event, and no burden. At the head the memory is given back.
// Thread: one at a time. Errors: storage_errc of the feed; the reader may try again.
// The store must outlive it; its end waits for a window that is being gathered.
#pragma once

#include "actors/catch_up_budget.hpp"
#include "storage/event_store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace firn {

class CatchUp {
public:
    // Begins after query.after, through its filters; its bounds are not looked at. Without an
    // executor nothing is gathered ahead.
    CatchUp(boost::asio::any_io_executor executor, const EventStore& store, FeedQuery query,
            std::shared_ptr<CatchUpBudget> budget);
    ~CatchUp();
    CatchUp(const CatchUp&) = delete;
    CatchUp& operator=(const CatchUp&) = delete;

    // The next entries, at most so many; they live until the next call. None: the stretch that
    // was looked at held none for this reader, or is_at_head().
    [[nodiscard]] result<std::span<const FeedEvent>> next(std::size_t entries_max);

    // Everything up to here was handed out or is not for this reader.
    [[nodiscard]] Position looked_at() const noexcept { return looked_at_; }
    // Nothing was durable beyond looked_at() when it was looked at.
    [[nodiscard]] bool is_at_head() const noexcept { return looked_at_ >= window_.head(); }

private:
    class Gathering;

    [[nodiscard]] FeedQuery query_after(Position after, bool large) const;
    [[nodiscard]] result<void> turn_to_next();
    // By a window of so many positions: how many the next ones are to have.
    void plan(std::uint64_t positions);
    void look_ahead();
    void gather_ahead(Position after, bool large);
    void drop_ahead();
    // The entries with the states of stand-ins, as far as they can be handed out.
    [[nodiscard]] result<std::span<const FeedEvent>> with_states(
        std::span<const FeedEvent> entries);
    void drop_windows();
    // Far enough for large windows.
    [[nodiscard]] static bool is_far(Position after, Position head);

    const boost::asio::any_io_executor executor_;
    const EventStore& store_;
    const FeedQuery query_;
    CatchUpBudget::Share share_;
    FeedWindow window_;  // being handed out
    FeedWindow spare_;   // memory for another
    Position looked_at_;
    std::uint32_t planned_positions_;  // of a large window
    std::deque<std::shared_ptr<Gathering>> ahead_;
    std::vector<FeedEvent> filled_;  // entries among which are stand-ins
    std::deque<std::string> states_;
};

}  // namespace firn

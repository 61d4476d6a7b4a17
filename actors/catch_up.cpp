#include "actors/catch_up.hpp"

#include "actors/stand_in_states.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

namespace firn {

namespace {

// Large enough that events of a stream come together: a hundred thousand of usual size.
constexpr std::uint64_t window_bytes = 24u << 20;
// So that a filter that lets little through does not keep a thread for long.
constexpr std::uint32_t window_positions = 200'000;
// One at which the executor's thread is, one for the reader's while it waits for that, and one so
// that the executor's need not wait.
constexpr std::size_t windows_ahead = 3;
// Of a reader without a share.
constexpr std::uint64_t small_window_bytes = 64u << 10;
constexpr std::uint32_t small_window_entries = 1'000;
// Of the states that stand in for compacted events, in one piece.
constexpr std::uint64_t states_bytes_max = 8u << 20;

}  // namespace

// One window, gathered by whoever comes first: the executor or the reader that needs it.
class CatchUp::Gathering {
public:
    Gathering(const EventStore& store, FeedQuery query, FeedWindow done)
        : store_(store), query_(std::move(query)), done_(std::move(done)) {}

    // Where it begins, and where it ends unless its events are larger than was expected.
    [[nodiscard]] Position after() const noexcept { return query_.after; }
    [[nodiscard]] Position planned_end() const noexcept {
        return query_.after.plus(query_.scan_max);
    }

    void run_if_nobody_did() {
        if (begin()) {
            gather();
        }
    }
    [[nodiscard]] bool is_done() const {
        const std::lock_guard lock(mutex_);
        return stage_ == Stage::done;
    }
    [[nodiscard]] result<FeedWindow> take() {
        run_if_nobody_did();
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stage_ == Stage::done; });
        if (failure_) {
            std::rethrow_exception(failure_);
        }
        return *std::move(outcome_);
    }
    // Afterwards nobody reads from the store for it.
    void drop() {
        if (begin()) {
            return;
        }
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stage_ == Stage::done; });
    }

private:
    enum class Stage : std::uint8_t { waiting, gathering, done };

    [[nodiscard]] bool begin() {
        const std::lock_guard lock(mutex_);
        if (stage_ != Stage::waiting) {
            return false;
        }
        stage_ = Stage::gathering;
        return true;
    }
    void gather() {
        std::optional<result<FeedWindow>> outcome;
        std::exception_ptr failure;
        try {
            outcome = store_.gather(query_, std::move(done_));
        } catch (...) {
            failure = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        outcome_ = std::move(outcome);
        failure_ = failure;
        stage_ = Stage::done;
        changed_.notify_all();
    }

    const EventStore& store_;
    const FeedQuery query_;
    FeedWindow done_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Stage stage_ = Stage::waiting;
    std::optional<result<FeedWindow>> outcome_;
    std::exception_ptr failure_;
};

CatchUp::CatchUp(boost::asio::any_io_executor executor, const EventStore& store, FeedQuery query,
                 std::shared_ptr<CatchUpBudget> budget)
    : executor_(std::move(executor)),
      store_(store),
      query_(std::move(query)),
      share_(std::move(budget)),
      looked_at_(query_.after),
      planned_positions_(window_positions) {}

CatchUp::~CatchUp() {
    drop_windows();
}

FeedQuery CatchUp::query_after(Position after, bool large) const {
    auto query = query_;
    query.after = after;
    query.scan_max = large ? planned_positions_ : window_positions;
    query.limit = large ? planned_positions_ : small_window_entries;
    // Some room, so that a window ends where it was planned to.
    query.bytes_max = large ? window_bytes + window_bytes / 4 : small_window_bytes;
    return query;
}

result<std::span<const FeedEvent>> CatchUp::next(std::size_t entries_max) {
    for (;;) {
        auto entries = window_.next(entries_max);
        if (entries.empty()) {
            looked_at_ = std::max(looked_at_, window_.next_after());
            if (const auto turned = turn_to_next(); !turned) {
                return turned.error();
            }
            entries = window_.next(entries_max);
        }
        if (entries.empty()) {
            looked_at_ = window_.next_after();
            return entries;
        }
        const auto filled = with_states(entries);
        if (!filled) {
            return filled;
        }
        if (!filled->empty()) {
            looked_at_ = filled->back().event.position;
            return filled;
        }
        // The first one was overtaken.
        looked_at_ = Position{entries.front().event.position.value() - 1};
        drop_windows();
    }
}

result<std::span<const FeedEvent>> CatchUp::with_states(std::span<const FeedEvent> entries) {
    const auto is_stand_in = [](const FeedEvent& entry) {
        return entry.kind == FeedEvent::Kind::snapshot;
    };
    if (std::ranges::none_of(entries, is_stand_in)) {
        return entries;
    }
    filled_.assign(entries.begin(), entries.end());
    states_.clear();
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i != filled_.size(); ++i) {
        if (!is_stand_in(filled_[i])) {
            continue;
        }
        auto data = stand_in_data(store_, *filled_[i].stream, filled_[i].event.version);
        if (!data) {
            return data.error();
        }
        bytes += *data ? (*data)->size() : 0;
        if (!*data || (bytes > states_bytes_max && i != 0)) {
            window_.give_back(filled_.size() - i);
            return std::span<const FeedEvent>(filled_).first(i);
        }
        filled_[i].event.data = states_.emplace_back(std::move(**data));
    }
    return filled_;
}

void CatchUp::drop_ahead() {
    for (const auto& gathering : ahead_) {
        gathering->drop();
    }
    ahead_.clear();
}

void CatchUp::drop_windows() {
    drop_ahead();
    window_ = {};
}

bool CatchUp::is_far(Position after, Position head) {
    return head > after.plus(small_window_entries);
}

result<void> CatchUp::turn_to_next() {
    if (ahead_.empty() || ahead_.front()->after() != looked_at_) {
        drop_ahead();
        const bool large = is_far(looked_at_, store_.head_position()) && share_.take();
        if (!large) {
            share_.give_back();
        }
        gather_ahead(looked_at_, large);
    }
    // While another thread is at the next one, this thread gathers the one after it.
    for (const auto& gathering : ahead_) {
        if (ahead_.front()->is_done()) {
            break;
        }
        gathering->run_if_nobody_did();
    }
    const auto gathering = ahead_.front();
    ahead_.pop_front();
    auto gathered = gathering->take();
    if (!gathered) {
        return gathered.error();
    }
    spare_ = std::exchange(window_, *std::move(gathered));
    if (share_.has()) {
        plan(window_.next_after().since(gathering->after()));
        look_ahead();
    } else {
        spare_ = {};
    }
    return {};
}

void CatchUp::plan(std::uint64_t positions) {
    const auto fitting = window_bytes * positions / std::max<std::uint64_t>(window_.bytes(), 1);
    planned_positions_ = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(fitting, small_window_entries, window_positions));
}

void CatchUp::look_ahead() {
    if (!ahead_.empty() && ahead_.front()->after() != window_.next_after()) {
        drop_ahead();
    }
    while (executor_ && ahead_.size() < windows_ahead) {
        const auto after = ahead_.empty() ? window_.next_after() : ahead_.back()->planned_end();
        if (!is_far(after, window_.head())) {
            return;
        }
        gather_ahead(after, true);
        boost::asio::post(executor_, [next = ahead_.back()] { next->run_if_nobody_did(); });
    }
}

void CatchUp::gather_ahead(Position after, bool large) {
    ahead_.push_back(
        std::make_shared<Gathering>(store_, query_after(after, large), std::exchange(spare_, {})));
}

}  // namespace firn

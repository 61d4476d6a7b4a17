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
constexpr std::uint32_t window_entries = 131'072;
// Of a reader without a share.
constexpr std::uint64_t small_window_bytes = 64u << 10;
constexpr std::uint32_t small_window_entries = 1'000;
// Of the states that stand in for compacted events, in one piece.
constexpr std::uint64_t states_bytes_max = 8u << 20;
// So that a filter that lets little through does not keep a thread for long.
constexpr std::uint32_t scan_max = 200'000;

}  // namespace

// One window, gathered by whoever comes first: the executor or the reader that needs it.
class CatchUp::Gathering {
public:
    Gathering(const EventStore& store, FeedQuery query, FeedWindow done)
        : store_(store), query_(std::move(query)), done_(std::move(done)) {}

    void run_if_nobody_did() {
        if (begin()) {
            gather();
        }
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
    std::mutex mutex_;
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
      looked_at_(query_.after) {}

CatchUp::~CatchUp() {
    drop_windows();
}

FeedQuery CatchUp::query_after(Position after, bool large) const {
    auto query = query_;
    query.after = after;
    query.limit = large ? window_entries : small_window_entries;
    query.bytes_max = large ? window_bytes : small_window_bytes;
    query.scan_max = scan_max;
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

void CatchUp::drop_windows() {
    if (ahead_) {
        ahead_->drop();
        ahead_.reset();
    }
    window_ = {};
}

bool CatchUp::is_far(Position after, Position head) {
    return head > after.plus(small_window_entries);
}

result<void> CatchUp::turn_to_next() {
    if (ahead_) {
        auto gathered = std::exchange(ahead_, nullptr)->take();
        if (!gathered) {
            return gathered.error();
        }
        spare_ = std::exchange(window_, *std::move(gathered));
    } else {
        const bool large = is_far(looked_at_, store_.head_position()) && share_.take();
        if (!large) {
            share_.give_back();
            spare_ = {};
        }
        auto gathered = store_.gather(query_after(looked_at_, large), std::move(spare_));
        if (!gathered) {
            return gathered.error();
        }
        spare_ = std::exchange(window_, *std::move(gathered));
    }
    if (!share_.has()) {
        spare_ = {};
    } else if (executor_ && is_far(window_.next_after(), window_.head())) {
        ahead_ = std::make_shared<Gathering>(store_, query_after(window_.next_after(), true),
                                             std::move(spare_));
        boost::asio::post(executor_, [ahead = ahead_] { ahead->run_if_nobody_did(); });
    }
    return {};
}

}  // namespace firn

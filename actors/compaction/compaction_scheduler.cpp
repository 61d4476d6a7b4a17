#include "actors/compaction/compaction_scheduler.hpp"

#include "actors/compaction/compaction_plan.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace firn {

namespace {

constexpr const char* document_key = "scheduler";
constexpr std::string_view paused_text = R"({"paused":true})";
constexpr std::string_view running_text = R"({"paused":false})";
// The rest comes in a later pass.
constexpr std::size_t candidates_max = 10'000;
constexpr std::uint32_t page_limit = 200;
constexpr std::uint64_t min_events_default = 1000;
constexpr std::chrono::milliseconds paused_look{50};

}  // namespace

CompactionScheduler::CompactionScheduler(std::shared_ptr<ActorContext> context,
                                         std::shared_ptr<Compactions> compactions,
                                         ServiceConfig::Compaction config)
    : context_(std::move(context)),
      compactions_(std::move(compactions)),
      config_(std::move(config)),
      timer_(std::make_unique<boost::asio::steady_timer>(context_->executor.get())) {
    const auto text = context_->gate.store().documents().get(DocumentKind::scheduler, document_key);
    if (!text || (*text && **text != paused_text && **text != running_text)) {
        throw StorageFailure(StorageFailure::Cause::damaged,
                             "the scheduler's settings in the store do not check");
    }
    status_.paused = *text && **text == paused_text;
}

bool CompactionScheduler::has_enabled() const {
    for (const auto& name : context_->categories->names()) {
        const auto by = context_->categories->find_set(name);
        if (by && by->settings.compaction.enabled.value_or(false)) {
            return true;
        }
    }
    return false;
}

void CompactionScheduler::settings_changed() {
    // Asked under the mutex: whoever comes last knows the newest settings.
    const std::lock_guard lock(mutex_);
    status_.enabled = has_enabled();
    if (status_.enabled && !passing_) {
        arm(jittered(config_.scan_every) / 10);
    }
}

CompactionScheduler::Clock::duration CompactionScheduler::jittered(Clock::duration time) {
    std::uniform_real_distribution<double> part(0.5, 1.5);
    return std::chrono::duration_cast<Clock::duration>(time * part(random_));
}

void CompactionScheduler::arm(Clock::duration after) {
    if (!timer_ || std::exchange(armed_, true)) {
        return;
    }
    status_.next_scan = now() + std::chrono::duration_cast<std::chrono::microseconds>(after);
    timer_->expires_after(after);
    timer_->async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        if (const auto self = weak.lock(); self && !error) {
            self->scan_soon();
        }
    });
}

void CompactionScheduler::scan_soon() {
    {
        const std::lock_guard lock(mutex_);
        armed_ = false;
        status_.next_scan.reset();
        if (closed_.load() || std::exchange(passing_, true)) {
            return;
        }
    }
    compactions_->spawn([self = shared_from_this()] { return self->scan(); });
}

boost::asio::awaitable<void> CompactionScheduler::scan() {
    std::vector<Candidate> found;
    for (const auto& name : context_->categories->names()) {
        co_await gather(name, found);
    }
    std::ranges::sort(found, std::ranges::greater(), &Candidate::saving);
    found.resize(std::min(found.size(), candidates_max));
    std::size_t lanes = 0;
    {
        const std::lock_guard lock(mutex_);
        waiting_.assign(std::make_move_iterator(found.begin()),
                        std::make_move_iterator(found.end()));
        lanes_ = lanes = config_.scheduler_jobs_max;
        pass_began_ = Clock::now();
        pass_events_ = 0;
        status_.last_scan = now();
    }
    for (std::size_t i = 0; i != lanes; ++i) {
        compactions_->spawn([self = shared_from_this()] { return self->run_lane(); });
    }
}

boost::asio::awaitable<void> CompactionScheduler::gather(std::string category,
                                                         std::vector<Candidate>& found) {
    const auto by = context_->categories->find_set(category);
    if (!by || !by->settings.compaction.enabled.value_or(false) || !by->settings.decider ||
        !by->settings.compaction.keep_last || by->is_external()) {
        co_return;
    }
    CompactionOptions options;
    options.keep_last = by->settings.compaction.keep_last;
    const auto min_events =
        std::max<std::uint64_t>(by->settings.compaction.min_events.value_or(min_events_default), 1);
    ListQuery query;
    query.category = category;
    query.limit = page_limit;
    for (bool more = true; more && !closed_.load();) {
        {
            const auto pass = context_->gate.enter();
            const auto list = pass ? pass->list(query) : result<StreamList>(storage_errc::closed);
            if (!list) {
                co_return;
            }
            for (const auto& facts : list->streams) {
                const auto plan =
                    plan_compaction({facts.version, facts.first_version, {}}, options);
                const auto deletable = facts.events - facts.version.since(plan.up_to);
                if (plan.deletes() && deletable >= min_events &&
                    !compactions_->quarantine().find(facts.stream)) {
                    found.push_back(
                        {facts.stream, options, facts.bytes / facts.events * deletable});
                }
            }
            more = list->more;
            query.after = list->streams.empty() ? query.after : list->streams.back().stream;
        }
        co_await compactions_->yield_after({});
    }
}

std::optional<CompactionScheduler::Candidate> CompactionScheduler::next() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || closed_.load()) {
        return std::nullopt;
    }
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    ++status_.running;
    return next;
}

bool CompactionScheduler::is_paused() const {
    const std::lock_guard lock(mutex_);
    return status_.paused;
}

boost::asio::awaitable<void> CompactionScheduler::run_lane() {
    for (;;) {
        while (is_paused() && !closed_.load()) {
            co_await compactions_->pause(paused_look);
        }
        auto candidate = next();
        if (!candidate) {
            break;
        }
        const auto began = Clock::now();
        const auto report =
            co_await compactions_->compact_now(candidate->stream, candidate->options, {});
        if (report) {
            count(*report);
        }
        {
            const std::lock_guard lock(mutex_);
            --status_.running;
        }
        if (config_.events_per_second != 0 && report && report->verification) {
            const std::chrono::duration<double> at_least(
                static_cast<double>(report->verification->events_replayed) /
                config_.events_per_second);
            const auto until = began + std::chrono::duration_cast<Clock::duration>(at_least);
            while (Clock::now() < until && !closed_.load()) {
                co_await compactions_->pause(std::min<Clock::duration>(
                    until - Clock::now(), std::chrono::milliseconds(paused_look)));
            }
        }
    }
    const std::lock_guard lock(mutex_);
    if (--lanes_ == 0) {
        passing_ = false;
        status_.enabled = has_enabled();
        if (status_.enabled && !closed_.load()) {
            arm(jittered(config_.scan_every));
        }
    }
}

void CompactionScheduler::count(const CompactionReport& report) {
    const std::lock_guard lock(mutex_);
    if (report.status == CompactionStatus::succeeded) {
        ++status_.streams;
        status_.events += report.events_deleted;
        status_.bytes += report.bytes_deleted;
        pass_events_ += report.events_deleted;
    }
    const std::chrono::duration<double> passed = Clock::now() - pass_began_;
    status_.events_per_second = static_cast<double>(pass_events_) / std::max(passed.count(), 0.001);
}

void CompactionScheduler::set_paused(bool paused, DocumentStore::Done done) {
    {
        const std::lock_guard lock(mutex_);
        status_.paused = paused;
    }
    const auto pass = context_->gate.enter();
    if (!pass) {
        done(storage_errc::closed);
        return;
    }
    pass->documents().put(DocumentKind::scheduler, document_key,
                          std::string(paused ? paused_text : running_text), std::move(done));
}

CompactionScheduler::Status CompactionScheduler::status() const {
    const std::lock_guard lock(mutex_);
    auto status = status_;
    status.waiting = waiting_.size();
    return status;
}

void CompactionScheduler::close() {
    closed_.store(true);
    const std::lock_guard lock(mutex_);
    timer_.reset();
    waiting_.clear();
}

}  // namespace firn

// Compactions of whole categories, and of all that there are.
#include "actors/compaction/active_run.hpp"
#include "actors/compaction/compactions.hpp"
#include "actors/identity/event_id.hpp"

namespace firn {

namespace {

// Lanes side by side share the syncs that each stream needs.
constexpr std::size_t lanes = 4;
constexpr std::size_t kept_every = 100;  // streams

}  // namespace

void Compactions::load_run(CompactionRun run) {
    if (run.is_over()) {
        over_.insert_or_assign(run.id, std::make_shared<const CompactionRun>(std::move(run)));
        return;
    }
    const auto id = run.id;
    runs_[id] = std::make_shared<ActiveRun>(std::move(run));
}

boost::asio::awaitable<result<Compactions::Run>> Compactions::start_run(std::string category,
                                                                        CompactionOptions options) {
    if (!category.empty()) {
        const auto asked = completed(category, options);
        if (!asked) {
            co_return asked.error();
        }
    }
    CompactionRun begun;
    if (!options.dry_run) {
        begun.id = to_text(make_event_id());
    }
    begun.category = category;
    begun.asked = options;
    begun.started_at = now();
    const auto run = std::make_shared<ActiveRun>(begun);
    if (options.dry_run) {
        start_lanes(run);
        while (!is_over(*run) && !closed_.load()) {
            co_await pause(std::chrono::milliseconds(2));
        }
        co_return report_of(*run);
    }
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, running] : runs_) {
            const std::lock_guard held(running->mutex);
            if (!running->cancelled && !running->ended && running->report.category == category &&
                running->asked == options) {
                co_return std::make_shared<const CompactionRun>(running->report);
            }
        }
        if (runs_.size() >= config_.waiting_max) {
            co_return make_error_code(actor_errc::overloaded);
        }
        runs_[begun.id] = run;
    }
    if (const auto error = co_await put_document(begun.id, write_run_document(begun))) {
        const std::lock_guard lock(mutex_);
        runs_.erase(begun.id);
        co_return error;
    }
    start_lanes(run);
    co_return report_of(*run);
}

void Compactions::start_lanes(const std::shared_ptr<ActiveRun>& run) {
    {
        const std::lock_guard lock(run->mutex);
        run->lanes = lanes;
    }
    for (std::size_t i = 0; i != lanes; ++i) {
        spawn([self = shared_from_this(), run] { return self->run_lane(run); });
    }
}

boost::asio::awaitable<void> Compactions::run_lane(std::shared_ptr<ActiveRun> run) {
    for (auto stream = next_stream(*run); stream; stream = next_stream(*run)) {
        CompactionReport report;
        report.stream = *stream;
        report.asked = run->asked;
        const auto options = completed(stream->category, run->asked);
        if (!options) {
            report.status = CompactionStatus::skipped;
            report.reason = options.error() == actor_errc::decider_not_declared
                                ? "its category has no declared decider"
                                : "neither the request nor its category says how much to keep";
        } else if (const auto held = quarantine_.find(*stream); held && !run->asked.dry_run) {
            report.status = CompactionStatus::skipped;
            report.reason = "it is quarantined: " + held->reason;
        } else if (auto idle = nothing_to_do(*stream, *options)) {
            report = std::move(*idle);
        } else {
            auto done = co_await compact_now(*stream, *options, run->id);
            if (closed_.load()) {
                break;
            }
            if (done) {
                report = std::move(*done);
            } else {
                report.status = CompactionStatus::skipped;
                report.reason = "another compaction runs on it";
            }
        }
        bool keeps = false;
        {
            const std::lock_guard lock(run->mutex);
            run->report.add(report);
            keeps = run->report.streams % kept_every == 0;
        }
        if (keeps && !run->asked.dry_run) {
            co_await keep_run(run);
        }
        co_await yield_after({});
    }
    co_await end_run(run);
}

// The last lane's. A run is over for others when that is durable and it is out of the way.
boost::asio::awaitable<void> Compactions::end_run(std::shared_ptr<ActiveRun> run) {
    CompactionRun ended;
    {
        const std::lock_guard lock(run->mutex);
        if (--run->lanes != 0 || closed_.load()) {
            co_return;
        }
        run->ended = true;
        ended = run->report;
        ended.finished_at = now();
        ended.status = run->cancelled             ? CompactionStatus::cancelled
                       : ended.counts.failed != 0 ? CompactionStatus::failed
                                                  : CompactionStatus::succeeded;
        if (ended.counts.failed != 0) {
            ended.reason = std::to_string(ended.counts.failed) +
                           " streams failed; nothing of them was deleted";
        }
        if (run->asked.dry_run) {
            run->report = ended;
            co_return;
        }
    }
    auto text = write_run_document(ended);
    (void)co_await put_document(run->id, std::move(text));
    std::vector<std::string> forgotten;
    {
        const std::lock_guard lock(mutex_);
        forgotten = remember(std::make_shared<const CompactionRun>(std::move(ended)));
        runs_.erase(run->id);
    }
    erase_documents(forgotten);
}

boost::asio::awaitable<void> Compactions::keep_run(std::shared_ptr<ActiveRun> run) {
    auto text = write_run_document(*report_of(*run));
    (void)co_await put_document(run->id, std::move(text));
}

// The next one of the category, or of all; none at the end.
std::optional<StreamName> Compactions::next_stream(ActiveRun& run) const {
    constexpr std::uint32_t page_limit = 100;
    const std::lock_guard lock(run.mutex);
    if (run.cancelled || closed_.load()) {
        return std::nullopt;
    }
    if (run.page.empty() && run.more) {
        const auto pass = context_->gate.enter();
        if (!pass) {
            return std::nullopt;
        }
        ListQuery query;
        query.category = run.report.category;
        query.after = run.report.last;
        query.limit = page_limit;
        const auto list = pass->list(query);
        run.more = list && list->more;
        for (std::size_t i = 0; list && i != list->streams.size(); ++i) {
            run.page.push_back(list->streams[i].stream);
        }
    }
    if (run.page.empty()) {
        return std::nullopt;
    }
    auto next = std::move(run.page.front());
    run.page.pop_front();
    run.report.last = next;
    return next;
}

// Most streams of a category may be short: they cost no report of their own.
std::optional<CompactionReport> Compactions::nothing_to_do(const StreamName& stream,
                                                           const CompactionOptions& options) const {
    const auto pass = context_->gate.enter();
    const auto facts = pass ? pass->facts(stream) : result<StreamFacts>(storage_errc::closed);
    if (!facts) {
        return std::nullopt;
    }
    const auto plan = plan_compaction({facts->version, facts->first_version, {}}, options);
    if (plan.deletes() && !facts->deleted) {
        return std::nullopt;
    }
    CompactionReport report;
    report.stream = stream;
    report.asked = options;
    report.status = CompactionStatus::skipped;
    report.reason = facts->deleted ? "the stream was deleted" : plan.reason;
    report.events_kept = facts->events;
    return report;
}

bool Compactions::cancel_run(ActiveRun& run) {
    const std::lock_guard lock(run.mutex);
    run.cancelled = run.cancelled || !run.ended;
    return run.cancelled;
}

bool Compactions::is_over(ActiveRun& run) {
    const std::lock_guard lock(run.mutex);
    return run.report.is_over();
}

Compactions::Run Compactions::report_of(ActiveRun& run) {
    const std::lock_guard lock(run.mutex);
    return std::make_shared<const CompactionRun>(run.report);
}

}  // namespace firn

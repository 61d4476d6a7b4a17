// How compactions come to their end: by themselves, cancelled, or by a client that verifies them.
#include "actors/compaction/active_run.hpp"
#include "actors/compaction/compactions.hpp"

namespace firn {

namespace {

template <class Reported>
std::string id_of(const std::shared_ptr<const Reported>& report) {
    return report->id;
}

}  // namespace

void Compactions::count(const CompactionReport& report) {
    auto& counters = context_->counters;
    switch (report.status) {
        case CompactionStatus::succeeded:
            counters.compactions_succeeded.add();
            counters.events_compacted.add(report.events_deleted);
            counters.bytes_compacted.add(report.bytes_deleted);
            break;
        case CompactionStatus::skipped: counters.compactions_skipped.add(); break;
        case CompactionStatus::failed: counters.compactions_failed.add(); break;
        case CompactionStatus::cancelled: counters.compactions_cancelled.add(); break;
        default: break;
    }
}

// What is over is remembered; what waits for a client, or for the next start, stays. All at once:
// whoever sees that it is over, or waits for a client, can go on from there.
void Compactions::end_job(const CompactionReport& report) {
    std::vector<std::string> forgotten;
    {
        const std::lock_guard lock(mutex_);
        if (report.status == CompactionStatus::awaiting_verification) {
            if (const auto job = jobs_.find(report.id); job != jobs_.end()) {
                job->second.control->publish(report);
                job->second.started = false;
            }
            return;
        }
        if (report.is_over()) {
            forgotten = remember(std::make_shared<const CompactionReport>(report));
        }
        jobs_.erase(report.id);
        if (const auto found = by_stream_.find(report.stream);
            found != by_stream_.end() && found->second == report.id) {
            by_stream_.erase(found);
        }
    }
    erase_documents(forgotten);
}

std::vector<std::string> Compactions::remember(AnyReport report) {
    auto id = std::visit([](const auto& held) { return id_of(held); }, report);
    over_.insert_or_assign(std::move(id), std::move(report));
    std::vector<std::string> forgotten;
    while (over_.size() > config_.reports_max) {
        forgotten.push_back(over_.begin()->first);
        over_.erase(over_.begin());
    }
    return forgotten;
}

void Compactions::erase_documents(const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
        if (const auto pass = context_->gate.enter()) {
            pass->documents().erase(DocumentKind::compaction, id, [](error_code) {});
        }
    }
}

boost::asio::awaitable<error_code> Compactions::cancel(std::string id) {
    const auto cancelled = begin_cancel(id);
    if (!cancelled || !cancelled->report) {
        co_return cancelled ? error_code() : cancelled.error();
    }
    CompactionReport report = *cancelled->report;
    const auto error = co_await keep(report);
    if (cancelled->ends_here) {
        count(report);
        end_job(report);
    }
    co_return error;
}

result<Compactions::Cancelled> Compactions::begin_cancel(const std::string& id) {
    const std::lock_guard lock(mutex_);
    if (const auto run = runs_.find(id); run != runs_.end()) {
        if (!cancel_run(*run->second)) {
            return make_error_code(storage_errc::too_late);
        }
        // The streams under way, too, as far as they are before their cut.
        for (auto& [part, job] : jobs_) {
            if (job.control->report()->run == id) {
                (void)job.control->cancel();
            }
        }
        return Cancelled{};
    }
    if (const auto over = over_.find(id); over != over_.end()) {
        const auto* report = std::get_if<Report>(&over->second);
        const auto* run = std::get_if<Run>(&over->second);
        const auto status = report != nullptr ? (*report)->status : (*run)->status;
        if (status != CompactionStatus::cancelled) {
            return make_error_code(storage_errc::too_late);
        }
        // Written once more: who was told that it could not be asks again.
        return Cancelled{report != nullptr ? std::optional(**report) : std::nullopt};
    }
    const auto job = jobs_.find(id);
    if (job == jobs_.end()) {
        return make_error_code(actor_errc::compaction_not_found);
    }
    if (!job->second.control->cancel()) {
        return make_error_code(storage_errc::too_late);
    }
    if (job->second.started) {
        return Cancelled{};
    }
    // Nobody runs it: it ends here.
    std::erase(waiting_, id);
    job->second.started = true;
    Cancelled cancelled{*job->second.control->report(), true};
    cancelled.report->status = CompactionStatus::cancelled;
    cancelled.report->reason = "it was cancelled";
    cancelled.report->finished_at = now();
    return cancelled;
}

boost::asio::awaitable<error_code> Compactions::verify(std::string id, Hash state_hash) {
    {
        const std::lock_guard lock(mutex_);
        const auto job = jobs_.find(id);
        if (job == jobs_.end() || job->second.started ||
            job->second.control->report()->status != CompactionStatus::awaiting_verification) {
            const bool known = job != jobs_.end() || over_.contains(id) || runs_.contains(id);
            co_return known ? make_error_code(actor_errc::bad_request)
                            : make_error_code(actor_errc::compaction_not_found);
        }
        // Who waits for it must not take it for one that waits on.
        auto report = *job->second.control->report();
        report.status = CompactionStatus::queued;
        report.reason.clear();
        job->second.control->publish(report);
        job->second.client_hash = state_hash;
        job->second.started = true;
        waiting_.push_back(id);
    }
    pump();
    co_return error_code();
}

}  // namespace firn

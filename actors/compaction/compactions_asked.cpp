// What is told of compactions: by id, as lists, and how many there are.
#include "actors/compaction/active_run.hpp"
#include "actors/compaction/compactions.hpp"

namespace firn {

namespace {

constexpr std::chrono::milliseconds look_every{5};

}  // namespace

result<Compactions::AnyReport> Compactions::find(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    const std::string key(id);
    if (const auto job = jobs_.find(key); job != jobs_.end()) {
        return AnyReport(job->second.control->report());
    }
    if (const auto run = runs_.find(key); run != runs_.end()) {
        return AnyReport(report_of(*run->second));
    }
    if (const auto over = over_.find(key); over != over_.end()) {
        return over->second;
    }
    return make_error_code(actor_errc::compaction_not_found);
}

Compactions::Report Compactions::running_on(const StreamName& stream) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_stream_.find(stream);
    return found == by_stream_.end() ? nullptr : jobs_.at(found->second).control->report();
}

Compactions::List Compactions::list(const Query& query) const {
    std::map<std::string, AnyReport> all;
    {
        const std::lock_guard lock(mutex_);
        all = over_;
        for (const auto& [id, job] : jobs_) {
            all.insert_or_assign(id, job.control->report());
        }
        for (const auto& [id, run] : runs_) {
            all.insert_or_assign(id, report_of(*run));
        }
    }
    const auto matches = [&](const AnyReport& any) {
        if (const auto* run = std::get_if<Run>(&any)) {
            return !query.stream &&
                   (query.category.empty() || (*run)->category == query.category) &&
                   (!query.status || (*run)->status == *query.status);
        }
        const auto& report = *std::get<Report>(any);
        return (!query.stream || report.stream == *query.stream) &&
               (query.category.empty() || report.stream.category == query.category) &&
               (!query.status || report.status == *query.status);
    };
    List list;
    auto at = query.before.empty() ? all.end() : all.lower_bound(query.before);
    while (at != all.begin()) {
        --at;
        if (!matches(at->second)) {
            continue;
        }
        if (list.reports.size() == query.limit) {
            list.more = true;
            break;
        }
        list.reports.push_back(at->second);
    }
    return list;
}

boost::asio::awaitable<void> Compactions::wait(std::string id, std::chrono::milliseconds at_most) {
    const auto until = std::chrono::steady_clock::now() + at_most;
    while (!closed_.load() && std::chrono::steady_clock::now() < until) {
        const auto found = find(id);
        const bool over =
            !found || std::visit(
                          [](const auto& report) {
                              return report->is_over() ||
                                     report->status == CompactionStatus::awaiting_verification;
                          },
                          *found);
        if (over) {
            co_return;
        }
        co_await pause(look_every);
    }
}

Compactions::Load Compactions::load() const {
    return {running().size(), waiting()};
}

std::size_t Compactions::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

std::vector<Compactions::Report> Compactions::running() const {
    std::vector<Report> running;
    const std::lock_guard lock(mutex_);
    for (const auto& [id, job] : jobs_) {
        if (auto report = job.control->report(); report->status == CompactionStatus::running) {
            running.push_back(std::move(report));
        }
    }
    return running;
}

}  // namespace firn

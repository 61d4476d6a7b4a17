#include "actors/compaction/compactions.hpp"

#include "actors/answer_of.hpp"
#include "actors/compaction/active_run.hpp"
#include "actors/identity/event_id.hpp"
#include "actors/read_documents.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace firn {

namespace {

result<void> aborted() {
    return make_error_code(storage_errc::closed);
}

// Keeps what `start` holds until its coroutine ends.
boost::asio::awaitable<void> holding(std::function<boost::asio::awaitable<void>()> start) {
    co_await start();
}

bool goes_no_further(const CompactionReport& report) {
    return report.is_over() || report.status == CompactionStatus::awaiting_verification;
}

}  // namespace

Compactions::Compactions(std::shared_ptr<ActorContext> context, ServiceConfig::Compaction config)
    : context_(std::move(context)),
      config_(std::move(config)),
      pace_(context_->counters),
      quarantine_(context_->gate) {
    read_documents(context_->gate.store().documents(), DocumentKind::compaction,
                   [this](const std::string& key, const std::string& text) {
                       if (auto run = parse_run_document(text)) {
                           load_run(std::move(*run));
                       } else if (auto report = parse_report_document(text)) {
                           load_report(std::move(*report));
                       } else {
                           throw StorageFailure(
                               StorageFailure::Cause::damaged,
                               "the report of compaction " + key + " in the store does not check");
                       }
                   });
}

void Compactions::load_report(CompactionReport report) {
    if (report.is_over()) {
        over_.insert_or_assign(report.id, std::make_shared<const CompactionReport>(report));
        return;
    }
    const bool waits_for_client = report.status == CompactionStatus::awaiting_verification;
    by_stream_.insert_or_assign(report.stream, report.id);
    if (!waits_for_client) {
        waiting_.push_back(report.id);
    }
    jobs_[report.id] = {std::make_shared<CompactionControl>(report), false, {}};
}

void Compactions::resume() {
    std::vector<std::shared_ptr<ActiveRun>> runs;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, run] : runs_) {
            runs.push_back(run);
        }
    }
    for (const auto& run : runs) {
        start_lanes(run);
    }
    pump();
}

void Compactions::close() {
    closed_.store(true);
    const std::lock_guard lock(mutex_);
    waiting_.clear();
}

result<CompactionOptions> Compactions::completed(const std::string& category,
                                                 CompactionOptions options) const {
    const auto by = context_->categories->find_set(category);
    if (!by || !by->settings.decider) {
        return make_error_code(actor_errc::decider_not_declared);
    }
    if (!options.has_bound()) {
        options.keep_last = by->settings.compaction.keep_last;
    }
    if (!options.has_bound()) {
        return make_error_code(actor_errc::bad_request);
    }
    return options;
}

error_code Compactions::check_stream(const StreamName& stream) const {
    const auto pass = context_->gate.enter();
    if (!pass) {
        return actor_errc::closed;
    }
    const auto head = pass->head_version(stream);
    if (!head) {
        return head.error();
    }
    return *head == no_version ? make_error_code(storage_errc::stream_not_found) : error_code();
}

std::shared_ptr<CompactionControl> Compactions::enroll(const CompactionReport& report) {
    const std::lock_guard lock(mutex_);
    if (!by_stream_.try_emplace(report.stream, report.id).second) {
        return nullptr;
    }
    auto control = std::make_shared<CompactionControl>(report);
    // Whoever enrolls it runs it: a cancel waits for that, instead of ending it here.
    jobs_[report.id] = {control, true, {}};
    return control;
}

boost::asio::awaitable<result<Compactions::Report>> Compactions::start(StreamName stream,
                                                                       CompactionOptions options) {
    if (const auto error = check_stream(stream)) {
        co_return error;
    }
    const auto asked = completed(stream.category, options);
    if (!asked) {
        co_return asked.error();
    }
    CompactionReport report;
    report.id = to_text(make_event_id());
    report.stream = stream;
    report.asked = *asked;
    report.started_at = now();
    std::shared_ptr<CompactionControl> control;
    {
        const std::lock_guard lock(mutex_);
        if (const auto other = by_stream_.find(stream); other != by_stream_.end()) {
            auto running = jobs_.at(other->second).control->report();
            if (running->asked == *asked) {
                co_return running;
            }
            co_return make_error_code(actor_errc::compaction_running);
        }
        if (waiting_.size() >= config_.waiting_max) {
            co_return make_error_code(actor_errc::overloaded);
        }
        by_stream_.emplace(stream, report.id);
        control = std::make_shared<CompactionControl>(report);
        jobs_[report.id] = {control, false, {}};
    }
    if (const auto error = co_await keep(report)) {
        end_job(report);
        co_return error;
    }
    {
        const std::lock_guard lock(mutex_);
        // Unless it was cancelled meanwhile.
        if (const auto job = jobs_.find(report.id); job != jobs_.end() && !job->second.started) {
            waiting_.push_back(report.id);
        }
    }
    pump();
    co_return control->report();
}

boost::asio::awaitable<result<Compactions::Report>> Compactions::dry_run(
    StreamName stream, CompactionOptions options) {
    if (const auto error = check_stream(stream)) {
        co_return error;
    }
    const auto asked = completed(stream.category, options);
    if (!asked) {
        co_return asked.error();
    }
    CompactionReport report;
    report.stream = stream;
    report.asked = *asked;
    report.asked.dry_run = true;
    report.started_at = now();
    auto done = co_await run_one(std::make_shared<CompactionControl>(report), std::nullopt);
    if (!done.is_over()) {
        co_return make_error_code(actor_errc::closed);
    }
    co_return std::make_shared<const CompactionReport>(std::move(done));
}

boost::asio::awaitable<std::optional<CompactionReport>> Compactions::compact_now(
    StreamName stream, CompactionOptions options, std::string run) {
    CompactionReport report;
    report.stream = stream;
    report.asked = options;
    report.run = run;
    report.started_at = now();
    if (options.dry_run) {
        auto done = co_await run_one(std::make_shared<CompactionControl>(report), std::nullopt);
        co_return done.is_over() ? std::optional(std::move(done)) : std::nullopt;
    }
    report.id = to_text(make_event_id());
    const auto control = enroll(report);
    if (!control) {
        co_return std::nullopt;
    }
    auto done = co_await run_one(control, std::nullopt);
    end_job(done);
    co_return goes_no_further(done) ? std::optional(std::move(done)) : std::nullopt;
}

// Those that wait their turn, as far as there is room.
void Compactions::pump() {
    for (;;) {
        std::shared_ptr<CompactionControl> control;
        std::optional<Hash> client_hash;
        {
            const std::lock_guard lock(mutex_);
            if (closed_.load() || waiting_.empty() || running_ >= config_.jobs_max) {
                return;
            }
            const auto found = jobs_.find(waiting_.front());
            waiting_.pop_front();
            if (found == jobs_.end()) {
                continue;
            }
            found->second.started = true;
            control = found->second.control;
            client_hash = std::exchange(found->second.client_hash, std::nullopt);
            ++running_;
        }
        spawn([self = shared_from_this(), control, client_hash] {
            return self->run_job(control, client_hash);
        });
    }
}

boost::asio::awaitable<void> Compactions::run_job(std::shared_ptr<CompactionControl> control,
                                                  std::optional<Hash> client_hash) {
    const auto report = co_await run_one(control, client_hash);
    {
        const std::lock_guard lock(mutex_);
        --running_;
    }
    end_job(report);
    pump();
}

boost::asio::awaitable<CompactionReport> Compactions::run_one(
    std::shared_ptr<CompactionControl> control, std::optional<Hash> client_hash) {
    const auto self = shared_from_this();
    Compaction compaction(self, *control->report(), control, client_hash);
    pace_.begin();
    auto report = co_await compaction.run();
    pace_.end();
    if (!report.asked.dry_run) {
        count(report);
        if (report.status == CompactionStatus::failed && compaction.is_suspect()) {
            quarantine_.add(report.stream, {report.id, report.reason, now()});
        } else if (report.status == CompactionStatus::succeeded && report.run.empty()) {
            (void)quarantine_.release(report.stream, [](error_code) {});
        }
    }
    co_return report;
}

boost::asio::awaitable<error_code> Compactions::put_document(std::string key, std::string text) {
    const auto self = shared_from_this();
    const auto written = co_await answer_of<result<void>>(
        [](Reply<result<void>> reply, std::shared_ptr<Compactions> on, std::string id,
           std::string document) {
            const auto pass = on->context_->gate.enter();
            auto done = [on, waiting = std::make_shared<Reply<result<void>>>(std::move(reply))](
                            error_code error) {
                on->post([waiting, error] {
                    std::move(*waiting).answer(error ? result<void>(error) : result<void>());
                });
            };
            if (!pass) {
                done(storage_errc::closed);
                return;
            }
            pass->documents().put(DocumentKind::compaction, std::move(id), std::move(document),
                                  std::move(done));
        },
        &aborted, self, std::move(key), std::move(text));
    co_return written ? error_code() : written.error();
}

boost::asio::awaitable<error_code> Compactions::release(StreamName stream) {
    const auto self = shared_from_this();
    const auto released = co_await answer_of<result<void>>(
        [](Reply<result<void>> reply, std::shared_ptr<Compactions> on, StreamName name) {
            auto done = [on, waiting = std::make_shared<Reply<result<void>>>(std::move(reply))](
                            error_code error) {
                on->post([waiting, error] {
                    std::move(*waiting).answer(error ? result<void>(error) : result<void>());
                });
            };
            if (!on->quarantine_.release(name, done)) {
                done(actor_errc::bad_request);
            }
        },
        &aborted, self, std::move(stream));
    co_return released ? error_code() : released.error();
}

boost::asio::awaitable<void> Compactions::pause(std::chrono::nanoseconds time) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_after(time);
    error_code ignored;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
}

void Compactions::spawn(std::function<boost::asio::awaitable<void>()> start) {
    auto begin = [self = shared_from_this(), start = std::move(start)] {
        boost::asio::co_spawn(self->context_->executor.get(), holding(start),
                              boost::asio::detached);
    };
    (void)context_->executor.post(begin);
}

}  // namespace firn

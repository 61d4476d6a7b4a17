#include "service/routes/import/importer.hpp"

#include "service/http/error_problem.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace firn {

namespace asio = boost::asio;

namespace {

constexpr std::size_t batch_events_max = 2'000;
constexpr std::size_t batch_bytes_max = 1u << 20;
// Of text, for lines that leave nothing in the batch.
constexpr std::size_t gather_bytes_max = 4u << 20;
constexpr std::size_t small_fill_bytes = 16u << 10;
constexpr unsigned fruitless_max = 20;
constexpr std::chrono::milliseconds busy_pause{50};

}  // namespace

Importer::Importer(const Call& call, std::unique_ptr<Decoder> decoder)
    : service_(call.service),
      limits_(call.config.limits),
      request_(call.request),
      lines_(*call.request.body_reader, std::move(decoder), call.config.limits.body_bytes_max) {}

bool Importer::fail(std::uint64_t line, Problem problem) {
    problem_ = std::move(problem).with("line", line);
    return false;
}

asio::awaitable<bool> Importer::advance(std::chrono::milliseconds time) {
    const auto until = Clock::now() + time;
    do {
        const bool good = co_await gather(until);
        if (!co_await commit_batch()) {
            co_return false;
        }
        if (!good) {
            problem_ = std::move(line_problem_);
            co_return false;
        }
        if (body_ended_) {
            co_return false;
        }
        if (request_.server_stops()) {
            co_return fail(lines_.number() + 1,
                           Problem(Slug::overloaded,
                                   "The server is stopping. What was imported stays; send the "
                                   "import again to go on from there."));
        }
        // Where all is there already, nothing else here waits.
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    } while (Clock::now() < until);
    co_return true;
}

asio::awaitable<bool> Importer::gather(Clock::time_point until) {
    std::size_t came = 0;
    while (batch_.events() < batch_events_max && batch_.bytes() < batch_bytes_max &&
           came < gather_bytes_max) {
        const auto text = lines_.next();
        if (!text) {
            // What came of itself is not held back for what may follow.
            if (!batch_.empty() && lines_.last_fill_bytes() < small_fill_bytes) {
                co_return true;
            }
            const auto filled = co_await lines_.fill(until);
            came += lines_.last_fill_bytes();
            if (filled == BodyLines::Filled::more) {
                continue;
            }
            body_ended_ = filled == BodyLines::Filled::end;
            line_problem_ = lines_.problem();
            co_return !line_problem_;
        }
        if (auto problem = parse_import_line(*text, limits_, line_)) {
            line_problem_ = std::move(*problem).with("line", lines_.number());
            co_return false;
        }
        switch (line_.kind) {
            case ImportLine::Kind::event: batch_.add(line_, lines_.number()); break;
            case ImportLine::Kind::deleted:
                ++counts_.lines;
                ++counts_.skipped;
                break;
            case ImportLine::Kind::snapshot: {
                ImportAnchor anchor;
                if (auto problem = parse_import_anchor(line_, anchor)) {
                    line_problem_ = std::move(*problem).with("line", lines_.number());
                    co_return false;
                }
                batch_.add_anchor(line_.stream, std::move(anchor), lines_.number());
            }
        }
    }
    co_return true;
}

asio::awaitable<bool> Importer::commit_batch() {
    fruitless_ = 0;
    for (;;) {
        busy_ = false;
        auto wave = plan();
        if (problem_) {
            co_return false;
        }
        if (wave.transactions.empty()) {
            batch_.clear();
            co_return true;
        }
        const auto runs = std::move(wave.runs);
        const auto outcomes = co_await service_.transact_all(std::move(wave.transactions));
        const auto before = counts_.lines;
        if (!take_outcomes(runs, outcomes)) {
            co_return false;
        }
        fruitless_ = counts_.lines == before ? fruitless_ + 1 : 0;
        if (busy_) {
            asio::steady_timer pause(co_await asio::this_coro::executor, busy_pause);
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

void Importer::finish(Run& run) {
    run.done = true;
    counts_.lines += run.size();
}

bool Importer::take_outcomes(const std::vector<std::size_t>& runs,
                             const std::vector<TransactionOutcome>& outcomes) {
    if (outcomes.size() != runs.size()) {
        return fail(batch_.runs()[runs.front()].lines.front(),
                    problem_of(actor_errc::closed, "The import"));
    }
    bool good = true;
    for (std::size_t i = 0; i != outcomes.size(); ++i) {
        // All are looked at: those behind one that failed may be done.
        good = take_outcome(batch_.runs()[runs[i]], outcomes[i]) && good;
    }
    return good;
}

bool Importer::take_success(Run& run, const StreamOutcome& done) {
    // A repeat by ids is one in its place only.
    if (run.first_version && done.first_version != run.first_version->plus(run.there)) {
        return problem_ ? false
                        : fail(run.lines[run.there],
                               problem_of(storage_errc::duplicate_event, subject_of(run.stream)));
    }
    (done.replayed ? counts_.skipped : counts_.appended) += run.size() - run.there;
    if (!done.replayed) {
        counts_.position = std::max(counts_.position, done.position);
    }
    finish(run);
    return true;
}

bool Importer::take_outcome(Run& run, const TransactionOutcome& outcome) {
    if (!outcome.error) {
        return take_success(run, outcome.streams.front());
    }
    if (outcome.error == actor_errc::overloaded && fruitless_ < fruitless_max) {
        busy_ = true;
        return true;
    }
    // Somebody else appended, or changes the decider: planned again from what is there now.
    const bool overtaken =
        outcome.error == storage_errc::wrong_version || outcome.error == actor_errc::plan_changed;
    if (overtaken && fruitless_ < fruitless_max) {
        return true;
    }
    if (problem_) {
        return false;  // the first one is told
    }
    auto line = run.lines[run.there];
    if (outcome.error == storage_errc::duplicate_event && !outcome.conflicts.empty()) {
        const auto at = std::ranges::find(run.ids, outcome.conflicts.front().event_id);
        line =
            at == run.ids.end() ? line : run.lines[static_cast<std::size_t>(at - run.ids.begin())];
    }
    return fail(line, problem_of(outcome.error, subject_of(run.stream)));
}

}  // namespace firn

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
constexpr std::size_t small_fill_bytes = 16u << 10;
constexpr unsigned fruitless_max = 20;
constexpr std::chrono::milliseconds busy_pause{50};

std::string key_of(const StreamName& stream) {
    return std::string(stream.category).append(1, '\0').append(stream.id);
}

std::shared_ptr<const EncodedEvents> without_first(const EncodedEvents& events, std::size_t count) {
    auto rest = std::make_shared<EncodedEvents>();
    rest->reserve(events.bytes().size());
    EventDecoder decoder(events.bytes());
    EventView view;
    constexpr Timestamp none{};
    for (std::size_t i = 0; !decoder.at_end(); ++i) {
        view.recorded_at = none;
        if (!decoder.decode_next(view)) {
            break;
        }
        if (i >= count) {
            NewEvent event{view.id,       view.id_from_client, view.type,   view.data,
                           view.metadata, view.traceparent,    std::nullopt};
            if (view.recorded_at != none) {
                event.recorded_at = view.recorded_at;
            }
            rest->add(event);
        }
    }
    return rest;
}

}  // namespace

Importer::Importer(Service& service, const HttpConfig::Limits& limits, BodyReader& reader,
                   std::unique_ptr<Decoder> decoder)
    : service_(service),
      limits_(limits),
      lines_(reader, std::move(decoder), limits.body_bytes_max) {}

bool Importer::fail(std::uint64_t line, Problem problem) {
    problem_ = std::move(problem).with("line", line);
    return false;
}

asio::awaitable<bool> Importer::advance(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
        const bool good = co_await gather();
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
        // Where all is there already, nothing else here waits.
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    }
    co_return true;
}

asio::awaitable<bool> Importer::gather() {
    while (batch_.events() < batch_events_max && batch_.bytes() < batch_bytes_max) {
        const auto text = lines_.next();
        if (!text) {
            // What came of itself is not held back for what may follow.
            if (!batch_.empty() && lines_.last_fill_bytes() < small_fill_bytes) {
                co_return true;
            }
            if (co_await lines_.fill()) {
                continue;
            }
            body_ended_ = true;
            if (lines_.problem()) {
                line_problem_ = Problem(*lines_.problem()).with("line", lines_.number());
            }
            co_return !line_problem_;
        }
        if (auto problem = parse_import_line(*text, limits_, line_)) {
            line_problem_ = std::move(*problem).with("line", lines_.number());
            co_return false;
        }
        if (line_.is_stand_in) {
            ++counts_.lines;
            ++counts_.skipped;
            continue;
        }
        batch_.add(line_, lines_.number());
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
            counts_.lines += batch_.events();
            batch_.clear();
            co_return true;
        }
        const auto runs = std::move(wave.runs);
        const auto outcomes = co_await service_.transact_all(std::move(wave.transactions));
        bool good = outcomes.size() == runs.size();
        const auto before = counts_.appended + counts_.skipped;
        for (std::size_t i = 0; i != outcomes.size(); ++i) {
            // All are looked at: those behind one that failed may be done.
            good = take_outcome(batch_.runs()[runs[i]], outcomes[i]) && good;
        }
        if (!good) {
            co_return false;
        }
        fruitless_ = counts_.appended + counts_.skipped == before ? fruitless_ + 1 : 0;
        if (busy_) {
            asio::steady_timer pause(co_await asio::this_coro::executor, busy_pause);
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

Importer::Wave Importer::plan() {
    Wave wave;
    for (std::size_t i = 0; i != batch_.runs().size(); ++i) {
        if (!batch_.runs()[i].done && plan_run(wave, i) != Planned::yes) {
            break;
        }
    }
    return wave;
}

Importer::Planned Importer::plan_run(Wave& wave, std::size_t index) {
    auto& run = batch_.runs()[index];
    const auto subject = [&run] { return subject_of(run.stream); };
    auto key = key_of(run.stream);
    const auto planned = wave.heads.find(key);
    const bool in_wave = planned != wave.heads.end();
    auto head = in_wave ? planned->second : no_version;
    if (!in_wave) {
        const auto found = service_.store().head_version(run.stream);
        if (!found) {
            fail(run.lines.front(), problem_of(found.error(), subject()));
            return Planned::failed;
        }
        head = *found;
    }
    std::size_t there = 0;
    if (run.first_version) {
        const auto first = *run.first_version;
        if (first > head.next()) {
            fail(run.lines.front(),
                 Problem(Slug::wrong_version,
                         subject() + " is at version " + std::to_string(head.value()) +
                             "; the line states version " + std::to_string(first.value()) +
                             ", so events in between are missing.")
                     .with("current_version", head.value()));
            return Planned::failed;
        }
        if (first <= head) {
            if (in_wave) {
                return Planned::later;  // what it repeats is on its way
            }
            const auto count = count_there(run, head);
            if (!count) {
                return Planned::failed;
            }
            there = *count;
        }
    }
    counts_.skipped += there - run.there;
    run.there = there;
    run.done = there == run.size();
    if (run.done) {
        return Planned::yes;
    }
    StreamWrite write;
    write.stream = run.stream;
    write.expected = run.first_version ? Expected::exactly(head) : Expected::any();
    write.events = there == 0 ? run.events : without_first(*run.events, there);
    Transaction transaction;
    transaction.writes.push_back(std::move(write));
    wave.transactions.push_back(std::move(transaction));
    wave.runs.push_back(index);
    wave.heads[std::move(key)] = head.plus(run.size() - there);
    return Planned::yes;
}

std::optional<std::size_t> Importer::count_there(const Run& run, Version head) {
    const auto held = std::min<std::uint64_t>(run.size(), head.next().since(*run.first_version));
    EventDecoder decoder(run.events->bytes());
    EventView stated;
    StreamQuery query;
    query.from = *run.first_version;
    std::optional<StreamPage> page;
    std::size_t at = 0;
    for (std::size_t i = 0; i != held; ++i, ++at) {
        (void)decoder.decode_next(stated);
        const auto version = run.first_version->plus(i);
        if (!page || at == page->events.size()) {
            query.from = version;
            query.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(held - i, 1'000));
            auto read = service_.store().read(run.stream, query);
            if (!read && read.error() == storage_errc::compacted) {
                continue;  // gone here, so there is nothing to compare with
            }
            if (!read || read->events.empty()) {
                fail(run.lines[i],
                     problem_of(read ? error_code{storage_errc::corrupt} : read.error(),
                                subject_of(run.stream)));
                return std::nullopt;
            }
            page = std::move(*read);
            at = 0;
        }
        const auto& stored = page->events[at];
        const bool same_id = run.ids[i] == EventId{} || run.ids[i] == stored.id;
        if (!same_id || stored.type != stated.type || stored.data != stated.data ||
            stored.metadata != stated.metadata) {
            fail(run.lines[i],
                 Problem(Slug::wrong_version,
                         subject_of(run.stream) + " holds another event at version " +
                             std::to_string(version.value()) + " than the line states.")
                     .with("current_version", head.value()));
            return std::nullopt;
        }
    }
    return static_cast<std::size_t>(held);
}

bool Importer::take_outcome(Run& run, const TransactionOutcome& outcome) {
    if (!outcome.error) {
        const auto& done = outcome.streams.front();
        (done.replayed ? counts_.skipped : counts_.appended) += run.size() - run.there;
        counts_.position = done.replayed ? counts_.position : done.position;
        run.done = true;
        return true;
    }
    if (outcome.error == actor_errc::overloaded && fruitless_ < fruitless_max) {
        busy_ = true;
        return true;
    }
    // Somebody else appended: planned again, from the head that is there now.
    if (outcome.error == storage_errc::wrong_version && fruitless_ < fruitless_max) {
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

// What a service is to its compactions.
#include "actors/answer_of.hpp"
#include "actors/compaction/blocking_subscriptions.hpp"
#include "actors/compaction/compactions.hpp"

#include <boost/asio/post.hpp>

namespace firn {

namespace {

StateResult aborted_state() {
    return StateFailure{actor_errc::closed, {}, {}};
}

}  // namespace

CompactionHost::Stores Compactions::enter() const {
    auto pass = context_->gate.enter();
    auto* const events = pass && !closed_.load() ? &*pass : nullptr;
    auto* const snapshots = events != nullptr ? &events->snapshots() : nullptr;
    return {std::move(pass), events, snapshots};
}

std::shared_ptr<const CategoryInEffect> Compactions::decider(const std::string& category) const {
    auto by = context_->categories->find_set(category);
    return by && by->settings.decider ? by : nullptr;
}

result<CompactionHost::Blockers> Compactions::blockers(const StreamName& stream) const {
    const auto& subscriptions = *context_->subscriptions;
    Blockers found;
    found.mark = subscriptions.changes();
    const auto pass = context_->gate.enter();
    if (!pass) {
        return make_error_code(storage_errc::closed);
    }
    auto blocking = blocking_subscriptions(*pass, subscriptions, stream);
    if (!blocking) {
        return blocking.error();
    }
    found.blockers = std::move(*blocking);
    return found;
}

boost::asio::awaitable<StateResult> Compactions::live_state(StreamName stream) {
    return answer_of<StateResult>(
        [](Reply<StateResult> reply, std::shared_ptr<Compactions> on, StreamName name) {
            if (const auto host = on->context_->host.lock()) {
                host->live_state(name, std::move(reply));
            } else {
                std::move(reply).post(aborted_state());
            }
        },
        &aborted_state, shared_from_this(), std::move(stream));
}

result<std::vector<DocumentText>> Compactions::confirm_cut(const CompactionReport& report,
                                                           std::uint32_t revision,
                                                           std::uint64_t blockers_mark) {
    if (context_->subscriptions->changes() != blockers_mark ||
        !context_->categories->begin_cut(report.stream.category, revision)) {
        return make_error_code(actor_errc::plan_changed);
    }
    std::vector<DocumentText> documents;
    documents.push_back({DocumentKind::compaction, report.id, write_report_document(report)});
    documents.push_back({DocumentKind::compacted, report.stream.category, "{}"});
    return documents;
}

void Compactions::cut_ended(const CompactionReport& report, std::optional<Position> position) {
    context_->categories->end_cut(report.stream.category, position.has_value());
    if (position) {
        // A remembered quiet stretch of a subscription may hold a stand-in now.
        context_->subscriptions->stand_ins().add(*position);
    }
}

boost::asio::awaitable<error_code> Compactions::keep(CompactionReport report) {
    auto text = write_report_document(report);
    return put_document(report.id, std::move(text));
}

boost::asio::awaitable<void> Compactions::yield_after(std::chrono::nanoseconds slice) {
    const auto time = pace_.pause_after(slice);
    if (time > std::chrono::nanoseconds::zero()) {
        co_await pause(time);
    } else {
        co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                                   boost::asio::use_awaitable);
    }
}

void Compactions::at(std::string_view step) {
    if (config_.at_step) {
        config_.at_step(step);
    }
}

void Compactions::post(std::function<void()> function) {
    (void)context_->executor.post(function);
}

}  // namespace firn

#include "actors/transaction_attempts.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace firn {

namespace {

std::string why_given_up(std::uint32_t attempts, const std::vector<RefusedStream>& conflicts) {
    std::string reason = "others wrote to the same streams during each of " +
                         std::to_string(attempts) + " attempts; at last";
    for (std::size_t i = 0; i != conflicts.size(); ++i) {
        const auto& [stream, why, version] = conflicts[i];
        reason += (i == 0 ? " " : ", ") + stream.category + "/" + stream.id + " to version " +
                  std::to_string(version.value());
    }
    return reason;
}

// Asked for wherever a wait has ended well: the next co_await would throw.
bool is_cancelled(const boost::asio::cancellation_state& state) {
    return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace

TransactionAttempts::Next TransactionAttempts::fail(error_code error, std::string reason) {
    failure_.error = error;
    failure_.reason = std::move(reason);
    failure_.attempts = attempt_;
    return Next::failed;
}

std::optional<TransactionAttempts::Next> TransactionAttempts::recall() {
    if (!key_) {
        return std::nullopt;
    }
    const auto known = service_->recall(key_->remembered_in, key_->id);
    if (!known) {
        return std::nullopt;
    }
    if (known->error) {
        return fail(known->error);
    }
    done_.streams.clear();
    done_.streams.push_back({key_->remembered_in, known->appended});
    done_.attempts = attempt_;
    done_.replayed = true;
    return Next::done;
}

boost::asio::awaitable<TransactionAttempts::Next> TransactionAttempts::settle(
    const StreamsInHand& streams, Decided decided) {
    if (is_cancelled(co_await boost::asio::this_coro::cancellation_state)) {
        co_return fail(boost::asio::error::operation_aborted);
    }
    if (streams.stopped() || decided == Decided::refused || !streams.appends()) {
        co_return co_await settle_without_commit(streams, decided);
    }
    auto prepared = streams.prepare(key_);
    if (!prepared.objection.empty()) {
        co_return fail(actor_errc::bad_request, std::move(prepared.objection));
    }
    co_return co_await commit(std::move(prepared.transaction));
}

boost::asio::awaitable<TransactionAttempts::Next> TransactionAttempts::settle_without_commit(
    const StreamsInHand& streams, Decided decided) {
    // The same command may have been committed between the last look and these reads, which then
    // saw what it did: it is not to be answered as if it had been refused.
    if (const auto known = recall()) {
        co_return *known;
    }
    if (const auto& stopped = streams.stopped()) {
        co_return fail(stopped->error, stopped->reason);
    }
    // States of different moments may add up to what never was, and that was decided on.
    const auto moved = streams.moved();
    if (!moved) {
        co_return fail(moved.error());
    }
    if (!moved->empty()) {
        std::vector<RefusedStream> conflicts;
        for (const auto& [stream, version] : *moved) {
            conflicts.push_back({stream, storage_errc::wrong_version, version});
        }
        co_return co_await wait_for_repeat(std::move(conflicts));
    }
    done_.attempts = attempt_;
    co_return decided == Decided::refused ? Next::stands : Next::done;
}

boost::asio::awaitable<TransactionAttempts::Next> TransactionAttempts::commit(
    Transaction transaction) {
    const auto outcome = co_await service_->transact(transaction);
    if (!outcome.error) {
        done_.attempts = attempt_;
        for (std::size_t i = 0; i != outcome.streams.size(); ++i) {
            const auto& write = transaction.writes[i];
            if (write.events) {
                done_.streams.push_back({write.stream, outcome.streams[i]});
                done_.replayed = outcome.streams[i].replayed;
            }
        }
        co_return Next::done;
    }
    if (outcome.error == storage_errc::duplicate_event) {
        // The same command was faster, and decided otherwise.
        if (const auto known = recall()) {
            co_return *known;
        }
    }
    std::vector<RefusedStream> conflicts;
    for (const auto& refused : outcome.conflicts) {
        conflicts.push_back(
            {transaction.writes[refused.index].stream, refused.reason, refused.current_version});
    }
    if (outcome.error == storage_errc::wrong_version &&
        !is_cancelled(co_await boost::asio::this_coro::cancellation_state)) {
        co_return co_await wait_for_repeat(std::move(conflicts));
    }
    failure_.conflicts = std::move(conflicts);
    co_return fail(outcome.error);
}

boost::asio::awaitable<TransactionAttempts::Next> TransactionAttempts::wait_for_repeat(
    std::vector<RefusedStream> conflicts) {
    failure_.conflicts = std::move(conflicts);
    if (attempt_ >= attempts_max_) {
        co_return fail(storage_errc::wrong_version, why_given_up(attempt_, failure_.conflicts));
    }
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_after(waits_.next());
    error_code error;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (error || is_cancelled(co_await boost::asio::this_coro::cancellation_state)) {
        co_return fail(boost::asio::error::operation_aborted,
                       "given up while it waited for another attempt; nothing was committed");
    }
    ++attempt_;
    failure_.conflicts.clear();
    co_return Next::repeat;
}

}  // namespace firn

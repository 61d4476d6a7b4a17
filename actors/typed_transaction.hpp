// A command over several streams as C++ sees it: a decision reads typed states, appends typed
// events, and all of it is committed together or not at all.
//
//   struct Overdrawn { std::int64_t balance = 0; };
//
//   struct Transfer {
//       std::string from, to;
//       std::int64_t amount = 0;
//
//       boost::asio::awaitable<boost::system::result<void, Overdrawn>> operator()(
//           firn::StreamsInHand& streams) const {
//           const auto payer = co_await streams.read<Account>("account", from);
//           const auto payee = co_await streams.read<Account>("account", to);
//           if (!payee.exists()) {
//               throw firn::Rejected("there is no account " + to);
//           }
//           if (payer.state().balance < amount) {
//               co_return Overdrawn{payer.state().balance};
//           }
//           payer.append(Account::Withdrawn{amount});
//           payee.append(Account::Deposited{amount});
//           co_return firn::accepted;
//       }
//   };
//
//   const Transfer transfer{"1", "2", 50};
//   const auto done = co_await firn::execute(service, transfer);
//   if (!done && done.error().rejection) { … done.error().rejection->balance … }
//
// The decision. An object that is called, as const, once per attempt; a std::bind_front of a
// coroutine function is one, too. It finds the streams that it needs while it decides, one state
// leading to the next, and appends to any of them (streams_in_hand.hpp). It refuses by returning a
// rejection of its own type, or by throwing Rejected; without a type of its own it returns
// awaitable<void>. Anything else that it throws comes out of execute, with nothing committed.
//
// Conflicts. If a stream that was read has moved on at the commit, the decision is made anew from
// fresh states, after a wait that the RetryPolicy states; so it should do nothing but read and
// append. When its attempts are used up, the answer is wrong_version, with the streams of the last
// conflict. Nothing else is repeated: no refusal, no failure.
// A decision that refuses or appends nothing commits nothing. If it has read several streams, and
// one has moved on since, it is made anew as well: states of different moments may have misled it.
// Afterwards nothing guards what it was decided on.
//
// Repeats. With a CommandKey the command happens once: a repeat is answered `replayed`, with what
// the first one did to the key's stream, and not decided again. That stream is what remembers it,
// by the ids of the events that it got, so the decision must append to it (else: bad_request) and
// every repeat must name it again. It remembers as long as it does other clients' ids: 10,000 and
// more. Nothing remembers a command that was refused or that decided nothing. A repeat may come
// while the first one is still under way; one of them happens, and neither is told that it was
// refused because of what the other one did.
//
// Thread: any; decision and answer run on the caller's executor. Cancelling ends a wait or a read
// with operation_aborted; a commit under way then goes on, and its outcome is unknown.
// Errors: results. Throws std::invalid_argument, before anything happens, for a policy that
// RetryPolicy::validate() refuses.
#pragma once

#include "actors/transaction_attempts.hpp"

#include <exception>
#include <type_traits>

namespace firn {

template <class R>
struct TransactError : TransactFailure {
    std::optional<R> rejection;  // the decision's own, if it returned one

    // For result::value().
    [[noreturn]] friend void throw_exception_from_error(const TransactError& why,
                                                        const boost::source_location&) {
        throw boost::system::system_error(why.error, why.reason);
    }
};
template <class R>
using TransactResult = boost::system::result<Transacted, TransactError<R>>;

// What a decision returns that does not refuse.
struct Accepted {
    template <class R>
    operator boost::system::result<void, R>() const {
        return {};
    }
};
inline constexpr Accepted accepted{};

// The rejection that a decision may return; std::monostate if it has none.
template <class Returned>
struct DecisionReturn : std::false_type {
    using Rejection = std::monostate;
};
template <>
struct DecisionReturn<boost::asio::awaitable<void>> : std::true_type {
    using Rejection = std::monostate;
};
template <class R>
struct DecisionReturn<boost::asio::awaitable<boost::system::result<void, R>>>
    : std::is_copy_constructible<R> {
    using Rejection = R;
};

template <class Decision>
using DecisionReturned = std::invoke_result_t<const Decision&, StreamsInHand&>;

template <class Decision>
struct DecisionRejection {
    using type = std::monostate;
};
template <std::invocable<StreamsInHand&> Decision>
requires std::is_invocable_v<const Decision&, StreamsInHand&>
struct DecisionRejection<Decision> {
    using type = typename DecisionReturn<DecisionReturned<Decision>>::Rejection;
};
template <class Decision>
using DecisionRejectionOf = typename DecisionRejection<std::remove_cvref_t<Decision>>::type;

static_assert(std::is_trivially_copyable_v<RetryPolicy>, "it stands unnamed in co_await");

// What is wrong with a decision, in sentences; true if nothing is.
template <class Decision>
[[nodiscard]] consteval bool check_decision() {
    constexpr bool callable = std::is_invocable_v<const Decision&, StreamsInHand&>;
    static_assert(callable, "the decision must be callable as const, with (firn::StreamsInHand&)");
    if constexpr (callable) {
        constexpr bool returns = DecisionReturn<DecisionReturned<Decision>>::value;
        static_assert(returns,
                      "the decision must return boost::asio::awaitable<void> or "
                      "boost::asio::awaitable<boost::system::result<void, Rejection>>, with a "
                      "Rejection that can be copied");
        return returns;
    } else {
        return false;
    }
}

// One decision on its way through its attempts.
template <class Decision>
class TypedTransaction {
public:
    using Rejection = DecisionRejectionOf<Decision>;

    static boost::asio::awaitable<TransactResult<Rejection>> run(Service& service,
                                                                 Decision decision,
                                                                 std::optional<CommandKey> key,
                                                                 RetryPolicy policy) {
        using Next = TransactionAttempts::Next;
        TransactionAttempts attempts(service, std::move(key), policy);
        for (;;) {
            TransactError<Rejection> refusal{{actor_errc::command_rejected}, std::nullopt};
            if (const auto known = attempts.recall()) {
                co_return answer(*known, attempts, refusal);
            }
            StreamsInHand streams(service);
            std::exception_ptr thrown;
            const bool agreed = co_await decide(decision, streams, refusal, thrown);
            const auto next =
                co_await attempts.settle(streams, agreed ? TransactionAttempts::Decided::accepted
                                                         : TransactionAttempts::Decided::refused);
            if (next == Next::stands && thrown) {
                std::rethrow_exception(thrown);
            }
            if (next != Next::repeat) {
                co_return answer(next, attempts, refusal);
            }
        }
    }

private:
    static TransactResult<Rejection> answer(TransactionAttempts::Next next,
                                            TransactionAttempts& attempts,
                                            TransactError<Rejection>& refusal) {
        switch (next) {
            case TransactionAttempts::Next::done: return std::move(attempts.done());
            case TransactionAttempts::Next::stands: refusal.attempts = attempts.attempt(); break;
            default:
                static_cast<TransactFailure&>(refusal) = std::move(attempts.failure());
                refusal.rejection.reset();
        }
        return std::move(refusal);
    }

    // Whether the decision accepts; all that it is given lives in run()'s frame.
    static boost::asio::awaitable<bool> decide(const Decision& decision, StreamsInHand& streams,
                                               TransactError<Rejection>& refusal,
                                               std::exception_ptr& thrown) {
        try {
            if constexpr (std::is_same_v<DecisionReturned<Decision>,
                                         boost::asio::awaitable<void>>) {
                co_await std::invoke(decision, streams);
                co_return true;
            } else {
                const auto verdict = co_await std::invoke(decision, streams);
                if (verdict) {
                    co_return true;
                }
                refusal.rejection = verdict.error();
                refusal.reason = rejection_reason(*refusal.rejection);
            }
        } catch (const Rejected& rejected) {
            refusal.reason = rejected.what();
        } catch (...) {
            thrown = std::current_exception();
        }
        co_return false;
    }
};

template <class Decision>
boost::asio::awaitable<TransactResult<DecisionRejectionOf<Decision>>> execute(
    Service& service, Decision&& decision, std::optional<CommandKey> key = std::nullopt,
    RetryPolicy policy = {}) {
    using Asked = std::remove_cvref_t<Decision>;
    static_assert(survives_co_await<Decision, Asked>(),
                  "GCC before 13 frees an unnamed aggregate in a co_await expression twice: "
                  "give the decision a name first, and pass it by its name");
    policy.validate();
    if constexpr (check_decision<Asked>()) {
        return TypedTransaction<Asked>::run(service, std::forward<Decision>(decision),
                                            std::move(key), policy);
    }
}

}  // namespace firn

// The streams that a decision over several has in hand: read when it asks for them, and appended
// to all together when it is done (actors/typed_transaction.hpp).
//
//   auto payer = co_await streams.read<Account>("account", "1");
//   if (payer.state().balance >= 50) { payer.append(Account::Withdrawn{50}); }
//
// A stream is read once: later reads, and other handles, see the same state and what the decision
// appended since. Reading a stream guards it: nothing is committed unless it still stands at the
// version that was read, whether events are appended to it or not. One that never had an event has
// version 0 and D::initial().
// Thread: the decision's coroutine, one read at a time.
// Errors: read() and append() leave the decision by throwing DecisionStopped, which is execute's to
// catch: it answers with the error, and whatever the decision does nothing is committed any more.
#pragma once

#include "actors/held_stream.hpp"
#include "actors/identity/event_id.hpp"
#include "actors/typed_stream.hpp"

#include <map>
#include <memory>
#include <stdexcept>

namespace firn {

// Makes a command over several streams idempotent. The stream is the one that remembers it.
struct CommandKey {
    // Declared for the sake of GCC 12, as AppendRequest's.
    CommandKey(EventId with_id, StreamName in) : id(with_id), remembered_in(std::move(in)) {}

    EventId id;
    StreamName remembered_in;
};

// Why a decision cannot go on: what execute answers.
struct StopReason {
    error_code error;
    std::string reason;  // for a person
};

class DecisionStopped : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class StreamsInHand;

// One of them. A light value, good as long as the StreamsInHand.
template <class D>
class StreamInHand {
public:
    // Of the events that were read and those that were appended here; a later append changes what
    // the reference refers to.
    [[nodiscard]] const typename D::State& state() const noexcept { return held_->state(); }
    // As read: what was appended here is not counted.
    [[nodiscard]] Version version() const noexcept { return *held_->version; }
    [[nodiscard]] bool exists() const noexcept { return version() != no_version; }

    // A D::Event, or one of its alternatives.
    template <class Event>
    void append(Event&& event) const;

private:
    friend class StreamsInHand;
    StreamInHand(StreamsInHand& streams, const StreamName& name, TypedHeldStream<D>& held)
        : streams_(&streams), name_(&name), held_(&held) {}

    StreamsInHand* streams_;
    const StreamName* name_;
    TypedHeldStream<D>* held_;
};

class StreamsInHand {
public:
    // As many as one transaction over HTTP may touch; past it: bad_request.
    static constexpr std::size_t streams_max = 1000;

    explicit StreamsInHand(Service& service) : service_(&service) {}
    StreamsInHand(const StreamsInHand&) = delete;
    StreamsInHand& operator=(const StreamsInHand&) = delete;

    template <class D>
    boost::asio::awaitable<StreamInHand<D>> read(std::string category, std::string id) {
        return take<D>(StreamName(std::move(category), std::move(id)), true);
    }
    // The commit does not care whether others write to the stream meanwhile; appending to it does
    // not change that. Once it has been read by read(), it is guarded.
    template <class D>
    boost::asio::awaitable<StreamInHand<D>> read_unguarded(std::string category, std::string id) {
        return take<D>(StreamName(std::move(category), std::move(id)), false);
    }
    // Without reading, wherever the stream stands then: for facts that hold in any state.
    template <class D, class Event>
    void append(std::string category, std::string id, Event&& event) {
        const StreamName name(std::move(category), std::move(id));
        append_to<D>(name, hold<D>(name), std::forward<Event>(event));
    }

    // What execute asks afterwards.
    [[nodiscard]] const std::optional<StopReason>& stopped() const noexcept { return stopped_; }
    [[nodiscard]] bool appends() const noexcept;
    struct Prepared {
        Transaction transaction;
        std::string objection;  // not empty: it cannot be committed
    };
    // What is to be committed: with what is guarded, in the order of names.
    [[nodiscard]] Prepared prepare(const std::optional<CommandKey>& key) const;
    // Guarded streams that are no longer where they were read. None: the states were all true at
    // one moment.
    [[nodiscard]] result<std::vector<std::pair<StreamName, Version>>> moved() const;

private:
    template <class D>
    friend class StreamInHand;

    [[noreturn]] void stop(error_code error, const StreamName& stream, const std::string& reason);
    // The one in hand, or none; stops where there may be none.
    HeldStream* find(const StreamName& name, const std::type_info& decider);

    template <class D>
    TypedHeldStream<D>& hold(const StreamName& name) {
        static_assert(check_decider<D>());
        if (auto* const held = find(name, typeid(D))) {
            return static_cast<TypedHeldStream<D>&>(*held);
        }
        auto made = std::make_unique<TypedHeldStream<D>>();
        auto& held = *made;
        held_.emplace(name, std::move(made));
        return held;
    }

    template <class D>
    boost::asio::awaitable<StreamInHand<D>> take(StreamName name, bool guarded) {
        auto& held = hold<D>(name);
        const auto& kept_name = held_.find(name)->first;
        if (!held.version) {
            const TypedStream<D> stream(*service_, name);
            auto now = co_await stream.state();
            std::string reason;
            if (now) {
                reason = held.take(now->version, std::move(now->state));
            } else if (now.error().error == storage_errc::stream_not_found) {
                reason = held.take(no_version, D::initial());
            } else {
                const auto& why = now.error();
                stop(why.error, name, why.fold ? why.fold->reason : why.error.message());
            }
            if (!reason.empty()) {
                stop(actor_errc::fold_failed, name, reason);
            }
        }
        held.guarded = held.guarded || guarded;
        co_return StreamInHand<D>(*this, kept_name, held);
    }

    template <class D, class Event>
    void append_to(const StreamName& name, TypedHeldStream<D>& held, Event&& event) {
        constexpr bool fits = std::convertible_to<Event, typename D::Event>;
        static_assert(fits, "the event must be a D::Event, or one of its alternatives");
        if constexpr (fits) {
            const auto reason = held.append(std::forward<Event>(event));
            if (!reason.empty()) {
                stop(actor_errc::fold_failed, name, reason);
            }
        }
    }

    Service* service_;
    std::map<StreamName, std::unique_ptr<HeldStream>> held_;
    std::optional<StopReason> stopped_;
};

template <class D>
template <class Event>
void StreamInHand<D>::append(Event&& event) const {
    streams_->append_to<D>(*name_, *held_, std::forward<Event>(event));
}

}  // namespace firn

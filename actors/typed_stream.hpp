// One stream as its C++ decider sees it: typed states, commands and events.
//
//   service.register_decider<Account>("account");
//   auto account = service.stream<Account>("account", "42");
//   const auto done = co_await account.execute(Account::Withdraw{50});
//   if (!done && done.error().rejection) { … }
//   const auto now = co_await account.state();    // now->version, now->state.balance
//
// A light value, good as long as the service. A command with a string or a container in it needs a
// name before the co_await (GCC before 13 frees an unnamed aggregate twice); the compiler says so.
// Thread: any; a call's completion runs on the caller's executor.
// Errors: results, with the service's error codes, and a reason for a person.
#pragma once

#include "actors/deciders/native.hpp"
#include "actors/identity/event_id.hpp"
#include "actors/service.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/system_error.hpp>

#include <any>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace firn {

template <class D>
struct TypedState {
    Version version;
    typename D::State state;
};
// A state that is no D::State (the category's decider is another one) is a fold_failed, too.
template <class D>
using TypedStateResult = boost::system::result<TypedState<D>, StateFailure>;

// What a command was decided to be, durable.
template <class D>
struct Executed {
    Version version;        // of the stream now
    Version first_version;  // of the events; version + 1 if it decided nothing
    std::vector<typename D::Event> events;
    bool replayed = false;  // the id was known: this is what the first one did
};

template <class D>
struct ExecuteError {
    // command_rejected, no_decide, fold_failed; or as of an append.
    error_code error;
    std::string reason;                       // for a person; may be empty
    std::optional<RejectionOf<D>> rejection;  // decide's own, if it returned one

    // For result::value().
    [[noreturn]] friend void throw_exception_from_error(const ExecuteError& why,
                                                        const boost::source_location&) {
        throw boost::system::system_error(why.error, why.reason);
    }
};
template <class D>
using ExecuteResult = boost::system::result<Executed<D>, ExecuteError<D>>;

struct TypedAppendError {
    error_code error;
    std::string reason;       // bad_request: which event is not JSON, and why
    StreamConflict conflict;  // wrong_version

    // For result::value().
    [[noreturn]] friend void throw_exception_from_error(const TypedAppendError& why,
                                                        const boost::source_location&) {
        throw boost::system::system_error(why.error, why.reason);
    }
};
using TypedAppendResult = boost::system::result<StreamOutcome, TypedAppendError>;

template <class... Ts>
consteval bool none_is_freed_twice(const boost::mp11::mp_list<Ts...>&) {
    return ((!std::is_aggregate_v<Ts> || std::is_trivially_copyable_v<Ts>)&&...);
}
// Whether an argument of messages may stand in a co_await expression.
template <class Argument, class Message>
[[nodiscard]] consteval bool survives_co_await() {
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
    return std::is_lvalue_reference_v<Argument> ||
           none_is_freed_twice(typename AlternativesOf<Message>::type{});
#else
    return true;
#endif
}

template <class Vector, class Element>
concept VectorOf = std::same_as<std::remove_cvref_t<Vector>, std::vector<Element>>;

// D's command; NoCommand if it has none.
struct NoCommand {};
template <class D>
struct CommandType {
    using type = NoCommand;
};
template <HasCommand D>
struct CommandType<D> {
    using type = typename D::Command;
};

template <class D>
class TypedStream {
    static_assert(check_decider<D>());

public:
    using State = typename D::State;
    using Event = typename D::Event;
    using Command = typename CommandType<D>::type;

    TypedStream(Service& service, StreamName name) : service_(&service), name_(std::move(name)) {}

    [[nodiscard]] const StreamName& name() const noexcept { return name_; }

    // At `version` (0: the initial one), or at the head.
    boost::asio::awaitable<TypedStateResult<D>> state(
        std::optional<Version> version = std::nullopt) const {
        return read_state(*service_, name_, version);
    }

    // Decides on the newest state and appends what decide returns, in one step: no conflict. The
    // command is a D::Command, or one of its alternatives. An id makes it idempotent: the same id
    // again gives what the first one did.
    template <std::convertible_to<Command> C>
    boost::asio::awaitable<ExecuteResult<D>> execute(
        C&& command, const std::optional<EventId>& id = std::nullopt) const {
        static_assert(CommandedDecider<D>,
                      "D takes no commands: it needs a D::Command and a D::decide");
        static_assert(survives_co_await<C, std::remove_cvref_t<C>>(),
                      "GCC before 13 frees an unnamed aggregate in a co_await expression twice: "
                      "give the command a name first, and pass it by its name");
        firn::Command asked;
        asked.data = asked.metadata = {};
        asked.native = Command(std::forward<C>(command));
        return decide(*service_, CommandRequest(name_, std::move(asked), id));
    }

    // Appends events as facts: decide is not asked. They are encoded before this returns.
    template <VectorOf<Event> Events>
    boost::asio::awaitable<TypedAppendResult> append(Events&& events,
                                                     Expected expected = Expected::any()) const {
        static_assert(survives_co_await<Events, Event>(),
                      "GCC before 13 frees an unnamed aggregate in a co_await expression twice: "
                      "give the events a name first, and pass them by their name");
        auto encoded = std::make_shared<EncodedEvents>();
        auto objection = encode(events, *encoded);
        AppendRequest request(name_, expected, std::move(encoded));
        return write(*service_, std::move(request), std::move(objection));
    }

private:
    static boost::asio::awaitable<TypedStateResult<D>> read_state(Service& service, StreamName name,
                                                                  std::optional<Version> version) {
        const auto view = co_await service.state(std::move(name), version);
        if (!view) {
            co_return view.error();
        }
        const auto json = parse_json(*view->json);
        auto state = json ? to_typed<State>(*json)
                          : Typed<State>{boost::system::in_place_error, described(json.error())};
        if (!state) {
            FoldFailure why{view->version, "The state does not convert: " + state.error()};
            co_return StateFailure{actor_errc::fold_failed, {}, std::move(why)};
        }
        TypedState<D> typed{view->version, std::move(*state)};
        co_return typed;
    }

    static boost::asio::awaitable<ExecuteResult<D>> decide(Service& service,
                                                           CommandRequest request) {
        const auto outcome = co_await service.execute(std::move(request));
        ExecuteError<D> error{outcome.error, outcome.reason, std::nullopt};
        if (outcome.error) {
            if (error.reason.empty() && outcome.fold) {
                error.reason = outcome.fold->reason;
            }
            if (const auto* own = std::any_cast<RejectionOf<D>>(&outcome.native_rejection)) {
                error.rejection = *own;
            }
            co_return error;
        }
        Executed<D> executed{outcome.appended.version, outcome.appended.first_version, {}, false};
        executed.replayed = outcome.appended.replayed;
        if (outcome.events) {
            error.reason = read_events(*outcome.events, executed.events);
        }
        if (!error.reason.empty()) {
            // Durable, but of an older D: only a repeat can bring such events.
            error.error = actor_errc::fold_failed;
            co_return error;
        }
        co_return executed;
    }

    // Empty, or why an event is none of D's.
    static std::string read_events(const EncodedEvents& encoded, std::vector<Event>& events) {
        EventDecoder decoder(encoded.bytes());
        events.reserve(encoded.count());
        EventView view;
        while (!decoder.at_end() && decoder.decode_next(view)) {
            auto event = read_message<Event>("event", view.type, view.data);
            if (!event) {
                return event.error();
            }
            events.push_back(std::move(*event));
        }
        return {};
    }

    static boost::asio::awaitable<TypedAppendResult> write(Service& service, AppendRequest request,
                                                           std::string objection) {
        TypedAppendError error{actor_errc::bad_request, std::move(objection), {}};
        if (!error.reason.empty()) {
            co_return error;
        }
        const auto outcome = co_await service.append(std::move(request));
        if (outcome.error) {
            error.error = outcome.error;
            error.conflict = outcome.conflict;
            co_return error;
        }
        co_return outcome.appended;
    }

    // Empty, or why an event is not JSON.
    static std::string encode(const std::vector<Event>& events, EncodedEvents& encoded) {
        for (std::size_t i = 0; i < events.size(); ++i) {
            const auto [type, json] = parts_of(events[i]);
            std::string data;
            if (const auto reason = write_checked(data, json)) {
                return "event " + std::to_string(i) + ", a " + quoted(type) +
                       ", is not JSON: " + *reason;
            }
            encoded.add({.id = make_event_id(), .type = type, .data = data});
        }
        return {};
    }

    Service* service_;
    StreamName name_;
};

template <class D>
void Service::register_decider(std::string category) {
    // First, since it is what tells a mistake in a sentence.
    auto engine = make_native_engine<D>();
    register_decider(std::move(category), std::move(engine), revision_of<D>());
}

template <class D>
TypedStream<D> Service::stream(std::string category, std::string id) {
    return TypedStream<D>(*this, StreamName(std::move(category), std::move(id)));
}

}  // namespace firn

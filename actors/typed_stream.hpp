// One stream as its C++ decider sees it: typed states, commands and events.
//
//   service.register_decider<Account>("account");
//   auto account = service.stream<Account>("account", "42");
//   const auto done = co_await account.execute(Account::Withdraw{50});
//   if (!done && done.error().rejection) { … }
//   const auto now = co_await account.state();    // now->version, now->state.balance
//
// A light value, good as long as the service. Name a command with a string or a container in it
// before the co_await (GCC 12 copies unnamed aggregates in coroutines wrongly).
// Thread: any; a call's completion runs on the caller's executor.
// Errors: results, with the service's error codes, and a reason for a person.
#pragma once

#include "actors/deciders/native.hpp"
#include "actors/identity/event_id.hpp"
#include "actors/service.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/system_error.hpp>

#include <any>
#include <memory>
#include <optional>
#include <string>
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

// D's command, or a type that nobody has.
template <class D>
struct CommandType {
    struct type {};
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

    // Decides on the newest state and appends what decide returns, in one step: no conflict. An
    // id makes it idempotent: the same id again gives what the first one did.
    boost::asio::awaitable<ExecuteResult<D>> execute(
        Command command, std::optional<EventId> id = std::nullopt) const {
        static_assert(CommandedDecider<D>,
                      "D takes no commands: it needs a D::Command and a D::decide");
        firn::Command asked;
        asked.data = asked.metadata = {};
        asked.native = std::move(command);
        return decide(*service_, CommandRequest(name_, std::move(asked), id));
    }

    // Appends events as facts: decide is not asked.
    boost::asio::awaitable<TypedAppendResult> append(std::vector<Event> events,
                                                     Expected expected = Expected::any()) const {
        return write(*service_, name_, std::move(events), expected);
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

    static boost::asio::awaitable<TypedAppendResult> write(Service& service, StreamName name,
                                                           std::vector<Event> events,
                                                           Expected expected) {
        auto encoded = std::make_shared<EncodedEvents>();
        TypedAppendError error{actor_errc::bad_request, encode(events, *encoded), {}};
        if (!error.reason.empty()) {
            co_return error;
        }
        AppendRequest request(std::move(name), expected, std::move(encoded));
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

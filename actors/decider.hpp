// What a decider written in C++ looks like, checked at compile time.
//
//   struct Account {
//       struct State { std::int64_t balance = 0; };
//       struct Deposited { static constexpr std::string_view type = "Deposited"; … };
//       using Event = std::variant<Opened, Deposited, Withdrawn>;  // or one struct
//       static State initial();
//       static State evolve(State, const Event&);
//
//       using Command = std::variant<Deposit, Withdraw>;           // with decide, or neither
//       static std::vector<Event> decide(const State&, const Command&);
//
//       static constexpr std::uint32_t revision = 2;               // optional; 1
//       static State migrate(boost::json::value, std::uint32_t from_revision);  // optional
//   };
//
// decide refuses a command by throwing firn::Rejected, or by returning
// boost::system::result<std::vector<Event>, Rejection> with a type of its own.
// State, events and commands convert to JSON and back by Boost.JSON: BOOST_DESCRIBE_STRUCT
// suffices, tag_invoke does the rest; an event or command without members needs neither.
// All functions are pure: the same arguments give the same result in every process. `revision` is
// raised when evolve comes to mean something else for the same events, or State looks different.
// Thread: any number at a time. Errors: what evolve and decide throw becomes fold_failed, or a
// failed decision; initial() does not throw.
#pragma once

#include "actors/deciders/typed_message.hpp"

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <any>
#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace firn {

// Thrown by decide: the command is refused, for the reason that what() tells the client.
class Rejected : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

template <class D>
concept HasState = requires {
    typename D::State;
}
&&std::movable<typename D::State>;

template <class D>
concept HasInitial = requires {
    { D::initial() } -> std::same_as<typename D::State>;
};

template <class D>
concept HasEvolve = requires(typename D::State state, const typename D::Event& event) {
    { D::evolve(std::move(state), event) } -> std::same_as<typename D::State>;
};

// Whether the decider is meant to have commands, right or wrong.
template <class D>
concept HasCommand = requires {
    typename D::Command;
}
|| requires {
    &D::decide;
};

// What decide may return: events, or a result with the embedder's own rejection.
template <class Returned, class Event>
struct DecideReturn : std::false_type {
    using Rejection = std::monostate;
};
template <class Event>
struct DecideReturn<std::vector<Event>, Event> : std::true_type {
    using Rejection = std::monostate;
};
template <class Event, class R>
struct DecideReturn<boost::system::result<std::vector<Event>, R>, Event>
    : std::is_copy_constructible<R> {
    using Rejection = R;
};

template <class D>
using Decided = decltype(D::decide(std::declval<const typename D::State&>(),
                                   std::declval<const typename D::Command&>()));

template <class D>
concept HasDecide = requires {
    typename Decided<D>;
}
&&DecideReturn<Decided<D>, typename D::Event>::value;

// The type of a typed rejection; std::monostate if decide has none.
template <class D>
struct RejectionType {
    using type = std::monostate;
};
template <HasDecide D>
struct RejectionType<D> {
    using type = typename DecideReturn<Decided<D>, typename D::Event>::Rejection;
};
template <class D>
using RejectionOf = typename RejectionType<D>::type;

template <class D>
concept HasMigrate = requires(boost::json::value state, std::uint32_t from_revision) {
    { D::migrate(std::move(state), from_revision) } -> std::same_as<typename D::State>;
};

// A decider whose streams take commands.
template <class D>
concept CommandedDecider =
    HasDecide<D> && TypedMessages<typename D::Command> && std::copyable<typename D::Command>;

template <class D>
concept Decider = HasState<D> && HasInitial<D> && HasEvolve<D> &&
    TypedMessages<typename D::Event> && JsonConvertible<typename D::State> &&
    (!HasCommand<D> || CommandedDecider<D>);

template <class D>
[[nodiscard]] consteval std::uint32_t revision_of() {
    if constexpr (requires { D::revision; }) {
        static_assert(D::revision > 0, "D::revision must be positive");
        return D::revision;
    } else {
        return 1;
    }
}

template <class D>
consteval void check_state() {
    static_assert(std::movable<typename D::State>, "D::State must be movable and assignable");
    static_assert(HasInitial<D>, "D::initial must be callable as static State initial()");
    static_assert(JsonConvertible<typename D::State>,
                  "D::State must convert to JSON and back: describe it and what it holds with "
                  "BOOST_DESCRIBE_STRUCT, or write tag_invoke for value_from_tag and value_to_tag");
    if constexpr (requires { &D::migrate; }) {
        static_assert(HasMigrate<D>,
                      "D::migrate must be callable as "
                      "static State migrate(boost::json::value, std::uint32_t from_revision)");
    }
}

template <class D>
consteval void check_commands() {
    if constexpr (!requires { typename D::Command; }) {
        static_assert(!HasCommand<D>,
                      "D::Command must be a type, a struct or a std::variant of structs, since "
                      "there is a D::decide");
    } else {
        check_messages<typename D::Command>();
        static_assert(std::copyable<typename D::Command>, "D::Command must be copyable");
        static_assert(
            requires { typename Decided<D>; },
            "D::decide must be callable as "
            "static std::vector<Event> decide(const State&, const Command&)");
        if constexpr (requires { typename Decided<D>; }) {
            static_assert(HasDecide<D>,
                          "D::decide must return std::vector<Event> or "
                          "boost::system::result<std::vector<Event>, Rejection>, with a Rejection "
                          "that can be copied");
        }
    }
}

// What is wrong with D, in sentences; true if nothing is, so that it can stand in a static_assert
// wherever a decider is taken.
template <class D>
[[nodiscard]] consteval bool check_decider() {
    constexpr bool state = requires {
        typename D::State;
    };
    constexpr bool event = requires {
        typename D::Event;
    };
    static_assert(state, "D::State must be a type: what the events of a stream add up to");
    static_assert(event, "D::Event must be a type: a struct, or a std::variant of structs");
    if constexpr (state && event) {
        check_state<D>();
        check_messages<typename D::Event>();
        static_assert(HasEvolve<D>,
                      "D::evolve must be callable as static State evolve(State, const Event&)");
        check_commands<D>();
    }
    return true;
}

}  // namespace firn

// Events and commands as C++ types: which name each has, and whether it converts to JSON.
//
// A message is a struct, or a std::variant of structs, each of which names itself:
//   struct Deposited { static constexpr std::string_view type = "Deposited"; std::int64_t amount;
//   };
// Thread: compile time only. Errors: check_messages() says what is wrong, in sentences.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>
#include <variant>

namespace firn {

// One way only is no use: what is written is read back.
template <class T>
concept JsonConversion =
    boost::json::has_value_from<T>::value && boost::json::has_value_to<T>::value;

// A conversion that was written for T, not made up from its description.
template <class T>
concept OwnJsonConversion = requires(boost::json::value& json, const T& value) {
    tag_invoke(boost::json::value_from_tag{}, json, value);
};

// Boost.JSON converts it member by member.
template <class T>
concept DescribedStruct = boost::json::is_described_class<T>::value && !OwnJsonConversion<T>;

template <DescribedStruct T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_public>;

template <class T>
consteval bool elements_convert() {
    if constexpr (requires { typename T::mapped_type; }) {
        return JsonConversion<typename T::mapped_type>;
    } else if constexpr (requires { typename T::value_type; }) {
        return JsonConversion<typename T::value_type>;
    } else {
        return true;
    }
}

template <class T>
consteval bool members_convert() {
    if constexpr (!DescribedStruct<T>) {
        return elements_convert<T>();
    } else {
        bool all = std::default_initializable<T>;
        boost::mp11::mp_for_each<MembersOf<T>>([&all](auto member) {
            using Member = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
            all = all && JsonConversion<Member> && elements_convert<Member>();
        });
        return all;
    }
}

// Looks two levels deep, so that a description which names a member that does not convert is told
// in a sentence, and a type that contains itself is none of a problem.
template <class T>
concept JsonConvertible = JsonConversion<T> && members_convert<T>();

// A message that says all by its name: its data are {}.
template <class T>
concept BareMessage = std::is_empty_v<T> && std::default_initializable<T> && !JsonConversion<T>;

template <class T>
concept NamedMessage = requires {
    typename std::bool_constant<std::string_view(T::type).empty()>;
};

// As the types of events must be: 1 to 255 bytes, and $ is the store's own.
[[nodiscard]] consteval bool is_message_name(std::string_view name) {
    return !name.empty() && name.size() <= 255 && name.front() != '$';
}

template <class T>
struct AlternativesOf {
    using type = boost::mp11::mp_list<T>;
};
template <class... Ts>
struct AlternativesOf<std::variant<Ts...>> {
    using type = boost::mp11::mp_list<Ts...>;
};

template <class Alternatives>
struct MessageNames;
template <class... Ts>
struct MessageNames<boost::mp11::mp_list<Ts...>> {
    static constexpr bool named = (NamedMessage<Ts> && ...);
    static constexpr bool convertible = ((JsonConvertible<Ts> || BareMessage<Ts>)&&...);

    static consteval bool valid() { return (is_message_name(Ts::type) && ...); }
    static consteval std::array<std::string_view, sizeof...(Ts)> all() { return {Ts::type...}; }
    static consteval bool distinct() {
        constexpr auto names = all();
        for (std::size_t i = 0; i < names.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (names[i] == names[j]) {
                    return false;
                }
            }
        }
        return true;
    }
};

template <class T>
using NamesOf = MessageNames<typename AlternativesOf<T>::type>;

template <class T>
consteval bool names_are_sound() {
    if constexpr (NamesOf<T>::named) {
        return NamesOf<T>::valid() && NamesOf<T>::distinct();
    } else {
        return false;
    }
}

template <class T>
concept TypedMessages = names_are_sound<T>() && NamesOf<T>::convertible;

template <class T>
consteval void check_messages() {
    static_assert(NamesOf<T>::named,
                  "each alternative of D::Event and D::Command must name itself: "
                  "static constexpr std::string_view type = \"Deposited\"");
    if constexpr (NamesOf<T>::named) {
        static_assert(NamesOf<T>::valid(),
                      "the type of an alternative must have 1 to 255 bytes and not begin with $");
        static_assert(NamesOf<T>::distinct(),
                      "no two alternatives of D::Event or of D::Command may have the same type");
    }
    static_assert(NamesOf<T>::convertible,
                  "each alternative of D::Event and D::Command must convert to JSON and back: "
                  "describe it and what it holds with BOOST_DESCRIBE_STRUCT, or write tag_invoke "
                  "for value_from_tag and value_to_tag");
}

}  // namespace firn

// Typed values from JSON text and back: the conversions are Boost.JSON's, the texts are read and
// written by actors/json, so that numbers stay exact.
// Thread: plain functions.
// Errors: reasons for a person. What a conversion to JSON throws passes through.
#pragma once

#include "actors/deciders/engine.hpp"
#include "actors/deciders/plain_struct.hpp"
#include "actors/deciders/quoted.hpp"
#include "actors/deciders/typed_message.hpp"
#include "actors/json/json_error.hpp"
#include "actors/json/value.hpp"

#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/system/result.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace firn {

template <class T>
using Typed = boost::system::result<T, std::string>;

// What an exception says. Inside a handler only.
[[nodiscard]] std::string thrown_reason();

// Appends the value's text, unless it has none (a number that is not finite, and the like).
[[nodiscard]] Failure write_checked(std::string& out, const boost::json::value& value);

// "unknown event type "X"; known are "A" and "B""
[[nodiscard]] std::string unknown_type(std::string_view noun, std::string_view type,
                                       std::span<const std::string_view> known);

// Why `json` is no T, with the place inside of it; `thrown` is what the conversion said itself.
template <class T>
[[nodiscard]] std::string why_not_typed(const boost::json::value& json, std::string pointer,
                                        std::string thrown);

template <class T>
[[nodiscard]] Typed<T> to_typed(const boost::json::value& json, const std::string& pointer = {}) {
    if constexpr (BareMessage<T>) {
        if (const auto* const object = json.if_object(); object != nullptr && object->empty()) {
            return T{};
        }
        return {boost::system::in_place_error, "an empty object is expected"};
    } else {
        try {
            return {boost::system::in_place_value, boost::json::value_to<T>(json)};
        } catch (...) {
            return {boost::system::in_place_error,
                    why_not_typed<T>(json, pointer, thrown_reason())};
        }
    }
}

[[nodiscard]] std::string placed(const std::string& pointer, std::string reason);

template <DescribedStruct T>
[[nodiscard]] bool is_member(std::string_view name) {
    bool found = false;
    boost::mp11::mp_for_each<MembersOf<T>>(
        [&found, name](auto member) { found = found || name == member.name; });
    return found;
}

// Boost.JSON tells neither the member nor which one is missing, so a described struct that did not
// convert is looked through again. Empty: all of it fits.
template <DescribedStruct T>
[[nodiscard]] std::string why_members_do_not_fit(const boost::json::object& object,
                                                 const std::string& pointer) {
    std::string reason;
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
        using Member = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
        const auto* const value = object.if_contains(member.name);
        if (!reason.empty()) {
            return;
        }
        if (value == nullptr) {
            reason = placed(pointer, "the member " + quoted(member.name) + " is missing");
            return;
        }
        auto inner = pointer;
        append_pointer_token(inner, member.name);
        if (auto converted = to_typed<Member>(*value, inner); !converted) {
            reason = converted.error();
        }
    });
    for (const auto& member : object) {
        if (reason.empty() && !is_member<T>(member.key())) {
            reason = placed(pointer, "there is no member " + quoted(member.key()));
        }
    }
    return reason;
}

template <class T>
std::string why_not_typed(const boost::json::value& json, std::string pointer, std::string thrown) {
    if constexpr (DescribedStruct<T>) {
        if (!json.is_object()) {
            return placed(pointer, "an object is expected");
        }
        if (auto reason = why_members_do_not_fit<T>(json.get_object(), pointer); !reason.empty()) {
            return reason;
        }
    }
    return placed(pointer, std::move(thrown));
}

template <class T>
[[nodiscard]] boost::json::value from_typed(const T& value) {
    if constexpr (BareMessage<T>) {
        return boost::json::object{};
    } else {
        return boost::json::value_from(value);
    }
}

// A message by its type name and the text of its data; `noun` is what a reason calls it.
template <class T>
[[nodiscard]] Typed<T> read_message(std::string_view noun, std::string_view type,
                                    std::string_view data) {
    constexpr auto names = NamesOf<T>::all();
    Typed<T> message{boost::system::in_place_error, std::string()};
    bool found = false;
    boost::mp11::mp_for_each<
        boost::mp11::mp_transform<std::type_identity, typename AlternativesOf<T>::type>>(
        [&](auto identity) {
            using Alternative = typename decltype(identity)::type;
            if (found || type != std::string_view(Alternative::type)) {
                return;
            }
            found = true;
            if constexpr (PlainStruct<Alternative>) {
                if (Alternative plain; read_plain(data, plain)) {
                    message = T(std::move(plain));
                    return;
                }
            }
            auto json = parse_json(data);
            auto converted =
                json ? to_typed<Alternative>(*json)
                     : Typed<Alternative>{boost::system::in_place_error, described(json.error())};
            if (converted) {
                message = T(std::move(*converted));
            } else {
                message = {boost::system::in_place_error,
                           "the data are no " + quoted(type) + ": " + converted.error()};
            }
        });
    if (!found) {
        message = {boost::system::in_place_error, unknown_type(noun, type, names)};
    }
    return message;
}

// The type name and the data of a message.
template <class T>
[[nodiscard]] std::pair<std::string_view, boost::json::value> parts_of(const T& message) {
    return {T::type, from_typed(message)};
}
template <class... Ts>
[[nodiscard]] std::pair<std::string_view, boost::json::value> parts_of(
    const std::variant<Ts...>& message) {
    return std::visit([](const auto& alternative) { return parts_of(alternative); }, message);
}

}  // namespace firn

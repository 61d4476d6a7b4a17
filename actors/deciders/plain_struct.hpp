// Reads a struct whose members are numbers, booleans, strings and such structs straight from its
// JSON text, without a tree in between: most events are such, and a fold reads millions.
//
// It knows the plain way only. What is anything else (a member missing or unknown, a number that
// does not fit as it stands) is left to the conversion by Boost.JSON, which says why.
// Thread: plain functions. Errors: false, and the target holds no value in particular.
#pragma once

#include "actors/deciders/typed_message.hpp"
#include "actors/json/number.hpp"
#include "actors/json/scanner.hpp"

#include <boost/describe/bases.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace firn {

template <class T>
concept PlainInteger = std::integral<T> && !boost::mp11::mp_contains<
    boost::mp11::mp_list<bool, char, wchar_t, char8_t, char16_t, char32_t>, T>::value;

template <class T>
consteval bool is_plain();

template <class T>
concept PlainStruct = DescribedStruct<T> && std::default_initializable<T> && is_plain<T>();

template <class T>
consteval bool is_plain() {
    if constexpr (PlainInteger<T> || std::floating_point<T> || std::same_as<T, bool> ||
                  std::same_as<T, std::string>) {
        return true;
    } else if constexpr (DescribedStruct<T>) {
        using Bases = boost::describe::describe_bases<T, boost::describe::mod_any_access>;
        bool all = boost::mp11::mp_empty<Bases>::value;
        boost::mp11::mp_for_each<MembersOf<T>>([&all](auto member) {
            using Member = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
            all = all && is_plain<Member>();
        });
        return all;
    } else {
        return false;
    }
}

template <PlainStruct T>
[[nodiscard]] bool scan_plain(JsonScanner& scanner, T& into);

template <class Member>
[[nodiscard]] bool scan_member(JsonScanner& scanner, Member& into) {
    if constexpr (PlainStruct<Member>) {
        return scan_plain(scanner, into);
    } else if constexpr (std::same_as<Member, bool>) {
        const auto found = as_bool(scanner.take());
        into = found.value_or(false);
        return found.has_value();
    } else if constexpr (std::floating_point<Member>) {
        const auto text = scanner.take();
        if (text.kind != JsonKind::number) {
            return false;
        }
        const auto found = to_double(text.raw);
        into = static_cast<Member>(found.value_or(0));
        return found.has_value();
    } else if constexpr (std::same_as<Member, std::string>) {
        const auto text = scanner.take();
        std::string scratch;
        const auto found = as_string(text, scratch);
        into = found.value_or("");
        return found.has_value();
    } else if constexpr (std::is_signed_v<Member>) {
        const auto found = as_int64(scanner.take());
        into = static_cast<Member>(found.value_or(0));
        return found && std::in_range<Member>(*found);
    } else {
        const auto found = as_uint64(scanner.take());
        into = static_cast<Member>(found.value_or(0));
        return found && std::in_range<Member>(*found);
    }
}

template <PlainStruct T>
bool scan_plain(JsonScanner& scanner, T& into) {
    if (!scanner.enter_object()) {
        return false;
    }
    // No name comes twice, so as many as there are members are all of them.
    std::size_t found = 0;
    while (const auto name = scanner.next_member()) {
        bool is_read = false;
        boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
            if (!is_read && *name == member.name) {
                is_read = scan_member(scanner, into.*member.pointer);
            }
        });
        if (!is_read) {
            return false;
        }
        ++found;
    }
    return !scanner.failed() && found == boost::mp11::mp_size<MembersOf<T>>::value;
}

template <PlainStruct T>
[[nodiscard]] bool read_plain(std::string_view text, T& into) {
    JsonScanner scanner(text);
    return scan_plain(scanner, into) && scanner.finish();
}

}  // namespace firn

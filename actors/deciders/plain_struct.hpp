// Reads a struct whose members are numbers, booleans, strings and such structs straight from its
// JSON text, without a tree in between: most events are such, and a fold reads millions.
//
// It knows the plain way only. What is anything else (a member missing, unknown or twice, a name
// with escapes, a number that does not fit as it stands) is left to the conversion by Boost.JSON,
// which says why.
// Thread: plain functions. Errors: false, and the target holds no value in particular.
#pragma once

#include "actors/deciders/typed_message.hpp"
#include "actors/json/lexer.hpp"
#include "actors/json/number.hpp"

#include <boost/describe/bases.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
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

// Most texts have no white space: it is looked for where something else is missing.
inline bool stands_at(JsonLexer& lexer, char c) noexcept {
    if (lexer.peek() != c) {
        lexer.skip_space();
    }
    return lexer.peek() == c;
}
inline bool take_spaced(JsonLexer& lexer, char c) noexcept {
    return stands_at(lexer, c) && lexer.take(c);
}

template <PlainStruct T>
[[nodiscard]] bool read_members(JsonLexer& lexer, T& into);

template <class Member>
[[nodiscard]] bool read_member(JsonLexer& lexer, Member& into) {
    if constexpr (PlainStruct<Member>) {
        return read_members(lexer, into);
    } else if constexpr (std::same_as<Member, bool>) {
        into = lexer.peek() == 't';
        return lexer.take_word(into ? "true" : "false");
    } else if constexpr (std::same_as<Member, std::string>) {
        if (lexer.peek() != '"') {
            return false;
        }
        const auto token = lexer.take_string();
        if (token.escaped) {
            into.clear();
            append_unescaped(into, token.inner);
        } else {
            into.assign(token.inner);
        }
        return lexer.problem() == nullptr;
    } else if constexpr (std::floating_point<Member>) {
        const auto token = lexer.take_number();
        if (lexer.problem() != nullptr) {
            return false;
        }
        const auto found = to_double(token.text);
        into = static_cast<Member>(found.value_or(0));
        return found.has_value();
    } else {
        // "-0" is no integer; a problem leaves the text empty.
        const auto token = lexer.take_number();
        const auto* const end = token.text.data() + token.text.size();
        const auto [stopped, error] = std::from_chars(token.text.data(), end, into);
        return token.integer && error == std::errc{} && stopped == end;
    }
}

template <PlainStruct T>
bool read_members(JsonLexer& lexer, T& into) {
    constexpr auto members = boost::mp11::mp_size<MembersOf<T>>::value;
    if (!take_spaced(lexer, '{')) {
        return false;
    }
    std::array<bool, members> found{};
    for (std::size_t n = 0; n != members; ++n) {
        if ((n != 0 && !take_spaced(lexer, ',')) || !stands_at(lexer, '"')) {
            return false;
        }
        const auto name = lexer.take_string();
        if (name.escaped || !take_spaced(lexer, ':')) {
            return false;
        }
        lexer.skip_space();
        // Mostly they come as they are declared: the first that is still missing.
        std::size_t index = 0;
        bool is_known = false;
        bool is_read = false;
        boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
            if (!is_known && !found[index] && name.inner == member.name) {
                is_known = found[index] = true;
                is_read = read_member(lexer, into.*member.pointer);
            }
            ++index;
        });
        if (!is_read) {
            return false;
        }
    }
    return take_spaced(lexer, '}');
}

template <PlainStruct T>
[[nodiscard]] bool read_plain(std::string_view text, T& into) {
    JsonLexer lexer(text);
    if (!read_members(lexer, into)) {
        return false;
    }
    lexer.skip_space();
    return lexer.at_end();
}

}  // namespace firn

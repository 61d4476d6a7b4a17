// string: plain text only. Lua's patterns are left out: a small one keeps C busy for years, where
// no limit sees it.
#include "actors/deciders/lua/library.hpp"
#include "actors/deciders/lua/vm.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace firn::lua {

namespace {

std::string_view text_argument(lua_State* lua, int index) {
    std::size_t size = 0;
    const char* const bytes = luaL_checklstring(lua, index, &size);
    return {bytes, size};
}

std::string_view separator_argument(lua_State* lua, int index) {
    const auto text = text_argument(lua, index);
    luaL_argcheck(lua, !text.empty(), index, "must not be empty");
    return text;
}

// Linear time, whatever the texts are; std::string_view::find is not.
std::size_t find_in(std::string_view text, std::string_view wanted, std::size_t from) {
    const void* const found =
        ::memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
    return found == nullptr
               ? std::string_view::npos
               : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// string.find(text, wanted[, from[, true]])
int find(lua_State* lua) {
    const auto text = text_argument(lua, 1);
    const auto wanted = text_argument(lua, 2);
    if (lua_toboolean(lua, 4) == 0 && wanted.find_first_of("^$*+?.([%-") != wanted.npos) {
        return luaL_error(lua,
                          "there are no patterns here; string.find(s, x, i, true) finds "
                          "plain text");
    }
    const auto size = static_cast<lua_Integer>(text.size());
    auto from = luaL_optinteger(lua, 3, 1);
    if (from < 0) {
        from = std::max<lua_Integer>(from < -size ? 1 : size + from + 1, 1);
    }
    from = std::max<lua_Integer>(from, 1);
    if (from > size + 1) {
        lua_pushnil(lua);
        return 1;
    }
    charge_for(lua, text.size());
    const auto at = find_in(text, wanted, static_cast<std::size_t>(from - 1));
    if (at == std::string_view::npos) {
        lua_pushnil(lua);
        return 1;
    }
    lua_pushinteger(lua, static_cast<lua_Integer>(at + 1));
    lua_pushinteger(lua, static_cast<lua_Integer>(at + wanted.size()));
    return 2;
}

int starts_with(lua_State* lua) {
    lua_pushboolean(lua, text_argument(lua, 1).starts_with(text_argument(lua, 2)) ? 1 : 0);
    return 1;
}
int ends_with(lua_State* lua) {
    lua_pushboolean(lua, text_argument(lua, 1).ends_with(text_argument(lua, 2)) ? 1 : 0);
    return 1;
}

// string.split(text, separator): at least one piece.
int split(lua_State* lua) {
    const auto text = text_argument(lua, 1);
    const auto separator = separator_argument(lua, 2);
    charge_for(lua, text.size());
    lua_createtable(lua, 0, 0);
    lua_Integer count = 0;
    std::size_t from = 0;
    for (;;) {
        const auto at = std::min(find_in(text, separator, from), text.size());
        Vm::of(lua).charge(1);
        lua_pushlstring(lua, text.data() + from, at - from);
        lua_rawseti(lua, -2, ++count);
        if (at == text.size()) {
            return 1;
        }
        from = at + separator.size();
    }
}

// string.replace(text, old, new): all of them.
int replace(lua_State* lua) {
    const auto text = text_argument(lua, 1);
    const auto old = separator_argument(lua, 2);
    const auto replacement = text_argument(lua, 3);
    charge_for(lua, text.size());
    luaL_Buffer out;
    luaL_buffinit(lua, &out);
    std::size_t from = 0;
    for (;;) {
        const auto at = std::min(find_in(text, old, from), text.size());
        luaL_addlstring(&out, text.data() + from, at - from);
        if (at == text.size()) {
            luaL_pushresult(&out);
            return 1;
        }
        Vm::of(lua).charge(1);
        luaL_addlstring(&out, replacement.data(), replacement.size());
        from = at + old.size();
    }
}

// string.trim(text): without ASCII white space around it.
int trim(lua_State* lua) {
    constexpr std::string_view space = " \t\n\v\f\r";
    const auto text = text_argument(lua, 1);
    charge_for(lua, text.size());
    const auto first = std::min(text.find_first_not_of(space), text.size());
    const auto end = text.find_last_not_of(space) + 1;
    lua_pushlstring(lua, text.data() + first, std::max(first, end) - first);
    return 1;
}

// string.rep(text, count[, separator])
int repeat(lua_State* lua) {
    const auto text = text_argument(lua, 1);
    const auto count = luaL_checkinteger(lua, 2);
    const auto separator = lua_isnoneornil(lua, 3) ? std::string_view() : text_argument(lua, 3);
    if (count <= 0 || text.size() + separator.size() == 0) {
        lua_pushliteral(lua, "");
        return 1;
    }
    const auto times = static_cast<std::uint64_t>(count);
    if (times > string_bytes_max / (text.size() + separator.size())) {
        return luaL_error(lua, "string.rep: the result would be longer than %d bytes",
                          static_cast<int>(string_bytes_max));
    }
    charge_for(lua, times);
    luaL_Buffer out;
    char* to = luaL_buffinitsize(lua, &out, times * (text.size() + separator.size()));
    for (std::uint64_t i = 0; i < times; ++i) {
        to = std::copy(text.begin(), text.end(), to);
        if (i + 1 < times) {
            to = std::copy(separator.begin(), separator.end(), to);
        }
    }
    luaL_pushresultsize(&out, times * text.size() + (times - 1) * separator.size());
    return 1;
}

// string.format(format, …), Lua's own, after a look at what it is to convert.
int format(lua_State* lua) {
    const auto text = text_argument(lua, 1);
    charge_for(lua, text.size());
    int argument = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            continue;
        }
        i = std::min(text.find_first_not_of("-+ #0123456789.", i + 1), text.size());
        const char conversion = i < text.size() ? text[i] : '\0';
        if (conversion == '%') {
            continue;
        }
        ++argument;
        // %p would be an address, %a looks different elsewhere, %q is for programs.
        if (conversion == '\0' || std::strchr("cdeEfgGiosxX", conversion) == nullptr) {
            return luaL_error(lua, "string.format knows %%c %%d %%e %%f %%g %%i %%o %%s %%x only");
        }
        if (conversion == 's' && argument <= lua_gettop(lua)) {
            push_text(lua, argument);
            lua_replace(lua, argument);
        }
        Vm::of(lua).charge(1);
    }
    return call_stock(lua);
}

int bytes_of(lua_State* lua) {
    charge_for(lua, text_argument(lua, 1).size());
    return call_stock(lua);
}

constexpr LibraryFunction functions[] = {
    {"byte", &bytes_of, true},
    {"char"},
    {"ends_with", &ends_with},
    {"find", &find},
    {"format", &format, true},
    {"len"},
    {"lower"},
    {"rep", &repeat},
    {"replace", &replace},
    {"reverse"},
    {"split", &split},
    {"starts_with", &starts_with},
    {"sub"},
    {"trim", &trim},
    {"upper"},
};

}  // namespace

void push_string_library(lua_State* lua) {
    lua_createtable(lua, 0, static_cast<int>(std::size(functions)));
    push_stock_library(lua, &luaopen_string);
    set_functions(lua, functions);
}

}  // namespace firn::lua

#include "actors/deciders/lua/ordered_keys.hpp"

#include "actors/deciders/lua/event_table.hpp"
#include "actors/deciders/lua/json_reader.hpp"
#include "actors/deciders/lua/table_kind.hpp"
#include "actors/deciders/lua/vm.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace firn::lua {

namespace {

enum class Rank : std::uint8_t { integer, real, string, boolean, light, count };

// A key as far as its order goes. Strings are views of Lua's own, which the table keeps.
struct Key {
    Rank rank;
    std::uint32_t place;    // among the keys as they came
    std::uint64_t bits;     // of the number, boolean or light userdata
    std::string_view text;  // of the string
};

// The real is no integer's value: Lua would have made that an integer.
bool integer_less(std::int64_t integer, double real) noexcept {
    constexpr double end = 0x1p63;
    if (real >= end) {
        return true;
    }
    return real >= -end && integer <= static_cast<std::int64_t>(std::floor(real));
}

bool number_less(const Key& a, const Key& b) noexcept {
    const auto integer = [](const Key& key) { return std::bit_cast<std::int64_t>(key.bits); };
    const auto real = [](const Key& key) { return std::bit_cast<double>(key.bits); };
    if (a.rank == Rank::integer) {
        return b.rank == Rank::integer ? integer(a) < integer(b)
                                       : integer_less(integer(a), real(b));
    }
    return b.rank == Rank::real ? real(a) < real(b) : !integer_less(integer(b), real(a));
}

bool key_less(const Key& a, const Key& b) noexcept {
    if (a.rank <= Rank::real && b.rank <= Rank::real) {
        return number_less(a, b);
    }
    if (a.rank != b.rank) {
        return a.rank < b.rank;
    }
    return a.rank == Rank::string ? a.text < b.text : a.bits < b.bits;
}

// Fails if the value at `index` has no order among keys.
Key read_key(lua_State* lua, int index, std::uint32_t place) {
    switch (lua_type(lua, index)) {
        case LUA_TNUMBER:
            if (lua_isinteger(lua, index) != 0) {
                return {Rank::integer,
                        place,
                        std::bit_cast<std::uint64_t>(lua_tointeger(lua, index)),
                        {}};
            }
            return {Rank::real, place, std::bit_cast<std::uint64_t>(lua_tonumber(lua, index)), {}};
        case LUA_TSTRING: {
            std::size_t size = 0;
            const char* const bytes = lua_tolstring(lua, index, &size);
            return {Rank::string, place, 0, {bytes, size}};
        }
        case LUA_TBOOLEAN:
            return {
                Rank::boolean, place, static_cast<std::uint64_t>(lua_toboolean(lua, index)), {}};
        case LUA_TLIGHTUSERDATA: return {Rank::light, place, to_uint64(lua, index), {}};
        default:
            luaL_error(lua, "keys that are a %s have no order, which pairs and next need",
                       luaL_typename(lua, index));
            return {};
    }
}

lua_Integer count_members(lua_State* lua, int table) {
    lua_Integer count = 0;
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) {
        ++count;
    }
    return count;
}

// Puts the elements of the table, which lie as they came, into the order of `keys`.
void permute(lua_State* lua, int table, Key* keys, std::size_t count) {
    for (std::size_t start = 0; start < count; ++start) {
        if (keys[start].place == start) {
            continue;
        }
        lua_rawgeti(lua, table, static_cast<lua_Integer>(start + 1));
        std::size_t at = start;
        while (keys[at].place != start) {
            const std::size_t from = keys[at].place;
            lua_rawgeti(lua, table, static_cast<lua_Integer>(from + 1));
            lua_rawseti(lua, table, static_cast<lua_Integer>(at + 1));
            keys[at].place = static_cast<std::uint32_t>(at);
            at = from;
        }
        lua_rawseti(lua, table, static_cast<lua_Integer>(at + 1));
        keys[at].place = static_cast<std::uint32_t>(at);
    }
}

// Pushes an array of the keys of the table at `members`, in order.
void push_keys(lua_State* lua, int members) {
    constexpr lua_Integer few = 16;
    const auto count = count_members(lua, members);
    Vm::of(lua).charge(static_cast<std::uint64_t>(2 * count));
    Key room[few];
    Key* keys = room;
    if (count > few) {
        // Lua's own memory: freed whatever fails.
        keys = static_cast<Key*>(
            lua_newuserdatauv(lua, sizeof(Key) * static_cast<std::size_t>(count), 0));
    } else {
        lua_pushnil(lua);
    }
    lua_createtable(lua, static_cast<int>(count), 0);
    const int ordered = lua_gettop(lua);
    std::uint32_t place = 0;
    for (lua_pushnil(lua); lua_next(lua, members) != 0;) {
        lua_pop(lua, 1);
        keys[place] = read_key(lua, -1, place);
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, ordered, ++place);
    }
    // Arrays come in their order.
    if (!std::is_sorted(keys, keys + place, key_less)) {
        Vm::of(lua).charge(static_cast<std::uint64_t>(place) * std::bit_width(place) / 4);
        std::sort(keys, keys + place, key_less);
        permute(lua, ordered, keys, place);
    }
    lua_remove(lua, -2);
}

// Upvalues: the table, its ordered keys, how many were passed.
int next_pair(lua_State* lua) {
    const int table = lua_upvalueindex(1);
    auto passed = lua_tointeger(lua, lua_upvalueindex(3));
    while (lua_rawgeti(lua, lua_upvalueindex(2), passed + 1) != LUA_TNIL) {
        ++passed;
        lua_pushvalue(lua, -1);
        if (lua_gettable(lua, table) != LUA_TNIL) {
            lua_pushinteger(lua, passed);
            lua_replace(lua, lua_upvalueindex(3));
            return 2;
        }
        lua_pop(lua, 2);
    }
    return 1;
}

}  // namespace

int ordered_pairs(lua_State* lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    complete_event(lua, 1);
    push_members(lua, 1);
    push_keys(lua, 2);
    lua_remove(lua, 2);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, &next_pair, 3);
    return 1;
}

int ordered_next(lua_State* lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 2);
    complete_event(lua, 1);
    push_members(lua, 1);
    const bool from_start = lua_isnil(lua, 2);
    const Key after = from_start ? Key{} : read_key(lua, 2, 0);
    Key nearest{};
    bool is_found = false;
    std::uint64_t looked_at = 0;
    lua_pushnil(lua);  // the nearest key
    for (lua_pushnil(lua); lua_next(lua, 3) != 0; ++looked_at) {
        lua_pop(lua, 1);
        const Key key = read_key(lua, -1, 0);
        if ((from_start || key_less(after, key)) && (!is_found || key_less(key, nearest))) {
            nearest = key;
            is_found = true;
            lua_pushvalue(lua, -1);
            lua_replace(lua, 4);
        }
    }
    Vm::of(lua).charge(looked_at);
    if (!is_found) {
        return 1;
    }
    lua_pushvalue(lua, -1);
    lua_gettable(lua, 1);
    return 2;
}

bool is_pairs_iterator(lua_State* lua, int index) {
    return lua_tocfunction(lua, index) == &next_pair;
}

}  // namespace firn::lua

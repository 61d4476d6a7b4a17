#include "actors/deciders/lua/json_reader.hpp"

#include "actors/deciders/lua/table_kind.hpp"
#include "actors/json/number.hpp"
#include "actors/json/scanner.hpp"

#include <charconv>
#include <cstddef>
#include <string>

namespace firn::lua {

namespace {

// A shorter text has fewer values than Lua's stack has slots (a million).
constexpr std::size_t stacked_bytes_max = 1u << 20;
// Slots for a value and for what making a table of it takes.
constexpr int slots_per_level = 8;
constexpr const char* no_room = "There is no room for it on Lua's stack.";

void push_string(lua_State* lua, std::string_view text) {
    lua_pushlstring(lua, text.data(), text.size());
}

void push_number(lua_State* lua, const NumberToken& token) {
    const char* const end = token.text.data() + token.text.size();
    if (!token.integer) {
        // The lexer refused what has no double.
        lua_pushnumber(lua, to_double(token.text).value());
        return;
    }
    lua_Integer number = 0;
    if (std::from_chars(token.text.data(), end, number).ec == std::errc{}) {
        lua_pushinteger(lua, number);
        return;
    }
    std::uint64_t large = 0;
    std::from_chars(token.text.data(), end, large);
    push_uint64(lua, large);
}

// Pushes all parts of a value before it makes the tables: each is made once, in its final size.
class StackSink {
public:
    explicit StackSink(lua_State* lua) noexcept : lua_(lua) {}

    // Whether all went onto the stack. It is Lua's, and a script's open calls may fill it.
    [[nodiscard]] bool had_room() const noexcept { return had_room_; }

    void null() {
        if (make_room()) {
            push_null(lua_);
        }
    }
    void boolean(bool value) {
        if (make_room()) {
            lua_pushboolean(lua_, value ? 1 : 0);
        }
    }
    void number(const NumberToken& token) {
        if (make_room()) {
            push_number(lua_, token);
        }
    }
    void string(const StringToken& token) {
        if (!make_room()) {
            return;
        }
        if (!token.escaped) {
            push_string(lua_, token.inner);
            return;
        }
        unescaped_.clear();
        append_unescaped(unescaped_, token.inner);
        push_string(lua_, unescaped_);
    }
    void name(std::string_view name) {
        if (make_room()) {
            push_string(lua_, name);
        }
    }
    void end_array(std::size_t size) {
        if (!make_room()) {
            return;
        }
        if (size == 0) {
            push_empty_array(lua_);
            return;
        }
        const int count = static_cast<int>(size);
        lua_createtable(lua_, count, 0);
        const int table = lua_gettop(lua_) - count;
        lua_insert(lua_, table);
        for (int i = count; i > 0; --i) {
            lua_rawseti(lua_, table, i);
        }
    }
    void end_object(std::size_t size) {
        if (!make_room()) {
            return;
        }
        const int count = static_cast<int>(size);
        lua_createtable(lua_, 0, count);
        const int table = lua_gettop(lua_) - 2 * count;
        lua_insert(lua_, table);
        for (int i = count; i > 0; --i) {
            lua_rawset(lua_, table);
        }
    }

private:
    // Values that are pushed and popped again need no room twice, so this asks too often rather
    // than too rarely.
    bool make_room() {
        if (room_ == 0) {
            constexpr int slots = 64;
            had_room_ = had_room_ && lua_checkstack(lua_, slots + slots_per_level) != 0;
            room_ = slots;
        }
        --room_;
        return had_room_;
    }

    lua_State* lua_;
    int room_ = 0;
    bool had_room_ = true;
    std::string unescaped_;
};

// For long texts: makes tables first and lets them grow.
class TableWalk {
public:
    TableWalk(lua_State* lua, JsonScanner& scanner) noexcept : lua_(lua), scanner_(scanner) {}

    bool push_next() {
        switch (scanner_.peek()) {
            case JsonKind::array: return push_array();
            case JsonKind::object: return push_object();
            default: return push_scalar();
        }
    }

private:
    bool make_room() {
        const bool has_room = lua_checkstack(lua_, slots_per_level) != 0;
        if (!has_room) {
            scanner_.refuse(no_room);
        }
        return has_room;
    }
    bool push_scalar() {
        StackSink scalar(lua_);
        if (scanner_.scan(scalar, json_depth_max) && !scalar.had_room()) {
            scanner_.refuse(no_room);
        }
        return !scanner_.failed();
    }
    bool push_array() {
        if (!scanner_.enter_array() || !make_room()) {
            return false;
        }
        lua_createtable(lua_, 0, 0);
        lua_Integer size = 0;
        while (scanner_.next_element()) {
            if (!push_next()) {
                return false;
            }
            lua_rawseti(lua_, -2, ++size);
        }
        if (size == 0) {
            mark_as_empty_array(lua_, -1);
        }
        return !scanner_.failed();
    }
    bool push_object() {
        if (!scanner_.enter_object() || !make_room()) {
            return false;
        }
        lua_createtable(lua_, 0, 0);
        while (const auto name = scanner_.next_member()) {
            push_string(lua_, *name);
            if (!push_next()) {
                return false;
            }
            lua_rawset(lua_, -3);
        }
        return !scanner_.failed();
    }

    lua_State* lua_;
    JsonScanner& scanner_;
};

}  // namespace

std::optional<JsonError> push_json(lua_State* lua, std::string_view text) {
    const int top = lua_gettop(lua);
    JsonScanner scanner(text);
    bool is_read = false;
    if (text.size() <= stacked_bytes_max) {
        StackSink sink(lua);
        is_read = scanner.scan(sink, json_depth_max);
        if (is_read && !sink.had_room()) {
            scanner.refuse(no_room);
        }
    } else {
        is_read = TableWalk(lua, scanner).push_next();
    }
    if (is_read && scanner.finish()) {
        return std::nullopt;
    }
    lua_settop(lua, top);
    return scanner.error();
}

}  // namespace firn::lua

#include "actors/deciders/lua/json_writer.hpp"

#include "actors/deciders/lua/json_reader.hpp"
#include "actors/deciders/lua/script_error.hpp"
#include "actors/deciders/lua/table_kind.hpp"
#include "actors/json/json_error.hpp"
#include "actors/json/number.hpp"
#include "actors/json/scanner.hpp"
#include "actors/json/value.hpp"
#include "storage/types.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace firn::lua {

namespace {

// A key, a value and what reading them takes.
constexpr int slots_per_level = 8;

template <class Integer>
void append_integer(std::string& out, Integer number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
    out.append(digits, end);
}

// The value is a string; a number would be turned into one in its place.
std::string_view text_at(lua_State* lua, int index) {
    std::size_t size = 0;
    const char* const bytes = lua_tolstring(lua, index, &size);
    return {bytes, size};
}

}  // namespace

bool JsonWriter::write(int index, std::string& out) {
    const int top = lua_gettop(lua_);
    out_ = &out;
    const bool is_written = write_value(lua_absindex(lua_, index));
    lua_settop(lua_, top);
    return is_written;
}

std::string JsonWriter::problem() const {
    std::string pointer;
    for (auto token = path_.rbegin(); token != path_.rend(); ++token) {
        append_pointer_token(pointer, *token);
    }
    return reason_ + " (at \"" + presentable(pointer) + "\")";
}

bool JsonWriter::fail(std::string reason) {
    reason_ = std::move(reason);
    return false;
}

bool JsonWriter::write_value(int index) {
    if (out_->size() > bytes_max_) {
        return fail("the text is longer than " + std::to_string(bytes_max_) + " bytes");
    }
    switch (lua_type(lua_, index)) {
        case LUA_TBOOLEAN: out_->append(lua_toboolean(lua_, index) != 0 ? "true" : "false"); break;
        case LUA_TNUMBER: return write_number(index);
        case LUA_TSTRING: return write_string(index);
        case LUA_TTABLE: return write_table(index);
        case LUA_TLIGHTUSERDATA:
            if (const auto number = to_uint64(lua_, index); number != 0) {
                append_integer(*out_, number);
            } else {
                out_->append("null");
            }
            break;
        default: return fail(std::string("a ") + luaL_typename(lua_, index) + " is no JSON value");
    }
    return true;
}

bool JsonWriter::write_number(int index) {
    if (lua_isinteger(lua_, index) != 0) {
        append_integer(*out_, lua_tointeger(lua_, index));
        return true;
    }
    const double number = lua_tonumber(lua_, index);
    if (!std::isfinite(number)) {
        return fail(std::isnan(number) ? "NaN is no JSON value" : "infinity is no JSON value");
    }
    write_double(*out_, number);
    return true;
}

bool JsonWriter::write_string(int index) {
    const auto text = text_at(lua_, index);
    if (!is_valid_utf8(text)) {
        return fail("a string must be UTF-8, not \"" + presentable(text.substr(0, 100)) + "\"");
    }
    write_json_string(*out_, text);
    return true;
}

bool JsonWriter::write_table(int index) {
    const auto kind = kind_of(lua_, index);
    if (kind == TableKind::event) {
        return fail("the event itself cannot be kept, only what is in it");
    }
    if (is_read_only(kind) && purpose_ == Purpose::state) {
        return fail("this table belongs to the script, not to the state; keep json.copy() of it");
    }
    if (depth_ == json_depth_max) {
        return fail("tables must not be nested deeper than " + std::to_string(json_depth_max) +
                    " levels");
    }
    if (lua_checkstack(lua_, slots_per_level) == 0) {
        return fail("there is no room on the stack");
    }
    push_members(lua_, index);
    const int members = lua_gettop(lua_);
    const void* const identity = lua_topointer(lua_, members);
    if (!tables_.insert(identity).second) {
        return fail(purpose_ == Purpose::state
                        ? "this table is also at another place of the state; keep json.copy() of it"
                        : "this table holds itself");
    }
    ++depth_;
    const bool is_written = write_members(members);
    --depth_;
    if (purpose_ == Purpose::message) {
        tables_.erase(identity);
    }
    lua_settop(lua_, members - 1);
    return is_written;
}

bool JsonWriter::write_members(int index) {
    Shape shape{kind_of(lua_, index) == TableKind::empty_array, 0};
    if (!shape.is_array && !measure(index, shape)) {
        return false;
    }
    return shape.is_array ? write_array(index, shape.size) : write_object(index);
}

// The first key tells what the others must be.
bool JsonWriter::measure(int index, Shape& shape) {
    lua_pushnil(lua_);
    if (lua_next(lua_, index) == 0) {
        return true;
    }
    const bool has_position = lua_isinteger(lua_, -2) != 0;
    lua_pop(lua_, 2);
    return !has_position || measure_array(index, shape);
}

bool JsonWriter::measure_array(int index, Shape& shape) {
    const auto size = static_cast<lua_Integer>(lua_rawlen(lua_, index));
    lua_Integer count = 0;
    lua_pushnil(lua_);
    while (lua_next(lua_, index) != 0) {
        lua_pop(lua_, 1);
        if (lua_isinteger(lua_, -1) == 0) {
            return fail("a table must not have both positions and names");
        }
        const auto position = lua_tointeger(lua_, -1);
        if (position < 1 || position > size) {
            return fail("the positions of an array must be 1 to n without gaps; here is a " +
                        std::to_string(position));
        }
        ++count;
    }
    if (count != size) {
        return fail("the positions of an array must be 1 to n without gaps");
    }
    shape = {true, size};
    return true;
}

bool JsonWriter::write_array(int index, lua_Integer size) {
    *out_ += '[';
    for (lua_Integer i = 1; i <= size; ++i) {
        if (i > 1) {
            *out_ += ',';
        }
        lua_rawgeti(lua_, index, i);
        if (!write_value(lua_gettop(lua_))) {
            path_.push_back(std::to_string(i - 1));
            return false;
        }
        lua_pop(lua_, 1);
    }
    *out_ += ']';
    return true;
}

// The value at `index` is a key.
bool JsonWriter::check_name(int index) {
    if (lua_type(lua_, index) != LUA_TSTRING) {
        return fail(lua_isinteger(lua_, index) != 0
                        ? "a table must not have both positions and names"
                        : std::string("a member's name must be a string, not a ") +
                              luaL_typename(lua_, index));
    }
    const auto name = text_at(lua_, index);
    if (!is_valid_utf8(name)) {
        return fail("a member's name must be UTF-8, not \"" + presentable(name.substr(0, 100)) +
                    "\"");
    }
    names_.push_back(name);
    return true;
}

bool JsonWriter::write_object(int index) {
    const auto first = names_.size();
    lua_pushnil(lua_);
    while (lua_next(lua_, index) != 0) {
        lua_pop(lua_, 1);
        if (!check_name(lua_gettop(lua_))) {
            return false;
        }
    }
    std::sort(names_.begin() + static_cast<std::ptrdiff_t>(first), names_.end());
    const auto end = names_.size();
    *out_ += '{';
    for (auto i = first; i < end; ++i) {
        if (i > first) {
            *out_ += ',';
        }
        const auto name = names_[i];
        write_json_string(*out_, name);
        *out_ += ':';
        lua_pushlstring(lua_, name.data(), name.size());
        lua_rawget(lua_, index);
        if (!write_value(lua_gettop(lua_))) {
            path_.emplace_back(name);
            return false;
        }
        lua_pop(lua_, 1);
    }
    *out_ += '}';
    names_.resize(first);
    return true;
}

}  // namespace firn::lua

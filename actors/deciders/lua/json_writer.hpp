// Lua values to JSON text, members in the order of their names' bytes.
// Thread: plain value, one thread; no call runs in the VM meanwhile.
// Errors: what no JSON can say; problem() names it and where it is.
#pragma once

#include "actors/deciders/lua/lua_api.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace firn::lua {

class JsonWriter {
public:
    enum class Purpose : std::uint8_t {
        // Each table once, and no read-only ones: what lives on in the VM must be what the text
        // says, and behave like it.
        state,
        // Goes out, and nothing is left of it.
        message,
    };

    JsonWriter(lua_State* lua, Purpose purpose, std::size_t bytes_max)
        : lua_(lua), purpose_(purpose), bytes_max_(bytes_max) {}

    // Appends the value at `index`. False: there is a problem(), and `out` has a part of it.
    [[nodiscard]] bool write(int index, std::string& out);
    // "a function is no JSON value (at "/items/3")"
    [[nodiscard]] std::string problem() const;

private:
    struct Shape {
        bool is_array;
        lua_Integer size;
    };

    bool write_value(int index);
    bool write_number(int index);
    bool write_string(int index);
    bool write_table(int index);
    bool write_members(int index);
    bool write_array(int index, lua_Integer size);
    bool write_object(int index);
    bool measure(int index, Shape& shape);
    bool measure_array(int index, Shape& shape);
    bool check_name(int index);
    bool fail(std::string reason);

    lua_State* lua_;
    Purpose purpose_;
    std::size_t bytes_max_;
    std::string* out_ = nullptr;
    std::size_t depth_ = 0;
    boost::unordered_flat_set<const void*> tables_;  // met already; for messages: the open ones
    std::vector<std::string_view> names_;            // of all open objects, innermost last
    std::vector<std::string> path_;                  // to the problem, innermost first
    std::string reason_;
};

}  // namespace firn::lua

#include "actors/deciders/lua/vm.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <new>

namespace firn::lua {

namespace {

// How many instructions pass between two looks at the limits.
constexpr int stride = 256;
// What malloc keeps beside a block and loses by rounding, about.
constexpr std::size_t block_overhead = 16;
// Strings from here on are charged for, an instruction for so many bytes.
constexpr std::size_t long_string_bytes = 1024;
constexpr std::size_t bytes_per_instruction = 32;
// Who has so many open calls when memory ends has too many of them.
constexpr int deep_calls = 50'000;
// In per cent of what was in use after the last collection.
constexpr int garbage_pause = 150;
// Where the function lies that notes an error's line.
constexpr int on_error_index = 1;

// Lua's conversions follow the thread's locale; this one is the same everywhere.
class LocaleInCall {
public:
    explicit LocaleInCall(locale_t locale) noexcept : before_(uselocale(locale)) {}
    ~LocaleInCall() { uselocale(before_); }
    LocaleInCall(const LocaleInCall&) = delete;
    LocaleInCall& operator=(const LocaleInCall&) = delete;

private:
    locale_t before_;
};

// Of the innermost function that was written in Lua.
int current_line(lua_State* lua) {
    constexpr int levels_max = 8;
    lua_Debug frame;
    for (int level = 0; level < levels_max && lua_getstack(lua, level, &frame) == 1; ++level) {
        lua_getinfo(lua, "l", &frame);
        if (frame.currentline > 0) {
            return frame.currentline;
        }
    }
    return 0;
}

// Takes "decider:12: " off the text's front; 0 if it is not there.
int take_line(std::string_view& text) {
    constexpr std::string_view name = "decider:";
    if (!text.starts_with(name)) {
        return 0;
    }
    int line = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + name.size(), end, line);
    if (error != std::errc{} || !std::string_view(stopped, end).starts_with(": ")) {
        return 0;
    }
    text.remove_prefix(static_cast<std::size_t>(stopped - text.data()) + 2);
    return line;
}

bool speaks_of_stack_overflow(lua_State* lua) {
    if (lua_type(lua, -1) != LUA_TSTRING) {
        return false;
    }
    std::size_t size = 0;
    const char* const text = lua_tolstring(lua, -1, &size);
    return std::string_view(text, size).substr(0, 200).find("stack overflow") !=
           std::string_view::npos;
}

int append_dumped(lua_State* /*lua*/, const void* bytes, std::size_t size, void* out) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
    return 0;
}

}  // namespace

Vm::Vm(const LuaLimits& limits)
    : limits_(limits), classic_(newlocale(LC_ALL_MASK, "C", locale_t{})) {
    lua_ = lua_newstate(&Vm::allocate, this);
    if (lua_ == nullptr) {
        freelocale(classic_);
        throw std::bad_alloc();
    }
    *static_cast<Vm**>(lua_getextraspace(lua_)) = this;
    // Collects when half as much again as is in use has come; Lua waits for twice as much. Costs
    // 1 % of an evolve and saves a sixth of its memory.
    lua_gc(lua_, LUA_GCINC, garbage_pause, 0, 0);
    lua_pushcfunction(lua_, &Vm::on_error);
    BOOST_ASSERT(lua_gettop(lua_) == on_error_index);
}

Vm::~Vm() {
    lua_close(lua_);
    freelocale(classic_);
}

std::optional<ScriptError> Vm::load(std::string_view source) {
    return load(source, "t");
}

std::optional<ScriptError> Vm::load_dumped(std::string_view dumped) {
    return load(dumped, "b");
}

std::optional<ScriptError> Vm::load(std::string_view code, const char* mode) {
    const LocaleInCall locale(classic_);
    begin();
    const int status = luaL_loadbufferx(lua_, code.data(), code.size(), chunk_name, mode);
    is_bounded_ = false;
    if (status == LUA_OK) {
        return std::nullopt;
    }
    return take_error(status);
}

std::optional<ScriptError> Vm::call(int arguments, int results) {
    const LocaleInCall locale(classic_);
    begin();
    lua_sethook(lua_, &Vm::on_count, LUA_MASKCOUNT, stride);
    const int status = lua_pcall(lua_, arguments, results, on_error_index);
    is_bounded_ = false;
    if (status == LUA_OK) {
        return std::nullopt;
    }
    return take_error(status);
}

void Vm::begin() {
    stop_ = Stop::none;
    line_ = 0;
    used_ = 0;
    check_at_ = stride;
    deadline_ = {};
    is_hurried_ = false;
    was_deep_ = false;
    is_bounded_ = true;
}

void Vm::on_count(lua_State* lua, lua_Debug* /*frame*/) {
    Vm::of(lua).charge(stride);
}

void Vm::check() {
    if (used_ >= limits_.instructions_max) {
        stop(Stop::instructions);
    }
    const auto now = std::chrono::steady_clock::now();
    if (deadline_ == std::chrono::steady_clock::time_point{}) {
        // Whatever came before was less than a stride.
        deadline_ = now + limits_.time_max;
    } else if (now > deadline_) {
        stop(Stop::time);
    }
    check_at_ = std::min(used_ + stride, limits_.instructions_max);
}

void Vm::stop(Stop reason) {
    stop_ = reason;
    line_ = current_line(lua_);
    lua_pushnil(lua_);
    lua_error(lua_);
    std::abort();  // lua_error does not return
}

void Vm::reject(std::string_view reason) {
    rejection_ = presentable(reason);
    stop(Stop::rejection);
}

// Runs where the error was raised, before anything is unwound.
int Vm::on_error(lua_State* lua) {
    Vm& vm = Vm::of(lua);
    if (vm.line_ == 0) {
        vm.line_ = current_line(lua);
    }
    return 1;
}

bool Vm::is_final(int status) {
    if (stop_ == Stop::none) {
        if (status == LUA_ERRMEM) {
            stop_ = was_deep_ ? Stop::recursion : Stop::memory;
        } else if (status == LUA_ERRERR || speaks_of_stack_overflow(lua_)) {
            stop_ = Stop::recursion;
        }
    }
    return stop_ != Stop::none;
}

ScriptError Vm::take_error(int status) {
    ScriptError error{Stop::none, line_, {}};
    const bool is_ended = is_final(status);
    if (lua_type(lua_, -1) == LUA_TSTRING) {
        std::size_t size = 0;
        const char* const bytes = lua_tolstring(lua_, -1, &size);
        std::string_view text(bytes, size);
        const int line = take_line(text);
        error.line = line != 0 ? line : line_;
        error.reason = presentable(text);
    } else {
        error.reason = std::string("the error is no text but a ") + luaL_typename(lua_, -1);
    }
    lua_pop(lua_, 1);
    if (is_ended) {
        error.stop = stop_;
        error.reason = stop_ == Stop::rejection ? rejection_ : std::string();
    }
    return error;
}

void* Vm::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) noexcept {
    Vm& vm = *static_cast<Vm*>(self);
    if (new_size == 0) {
        if (block != nullptr) {
            vm.bytes_ -= old_size + block_overhead;
            std::free(block);
        }
        return nullptr;
    }
    // For a new block the old size tells what kind of object it is.
    const std::size_t held = block == nullptr ? 0 : old_size + block_overhead;
    const std::size_t wanted = new_size + block_overhead;
    if (wanted > held && !vm.grants(wanted - held, block == nullptr && old_size == LUA_TSTRING)) {
        return nullptr;
    }
    void* const granted = std::realloc(block, new_size);
    if (granted != nullptr) {
        vm.bytes_ += wanted - held;
    }
    return granted;
}

bool Vm::grants(std::size_t more, bool is_string) {
    if (!is_bounded_) {
        return true;
    }
    if (is_string && more >= long_string_bytes) {
        if (more > string_bytes_max) {
            stop_ = Stop::string_size;
            return false;
        }
        used_ += more / bytes_per_instruction;
        if (used_ >= limits_.instructions_max && !is_hurried_) {
            is_hurried_ = true;
            lua_sethook(lua_, &Vm::on_count, LUA_MASKCOUNT, 1);
        }
    }
    if (more <= limits_.memory_bytes_max && bytes_ <= limits_.memory_bytes_max - more) {
        return true;
    }
    // Open calls take memory, too; this is what a person should be told then.
    lua_Debug frame;
    was_deep_ = lua_getstack(lua_, deep_calls, &frame) == 1;
    return false;
}

std::string dump(lua_State* lua) {
    std::string bytes;
    const int status = lua_dump(lua, &append_dumped, &bytes, 0);
    BOOST_ASSERT(status == 0);
    return status == 0 ? bytes : std::string();
}

}  // namespace firn::lua

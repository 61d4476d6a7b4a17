// A Lua VM that stays within its limits, whatever runs in it.
//
// Instructions are counted by Lua's count hook; work that C functions do, and long strings, are
// charged in instructions, too. What meets a limit is stopped: an error that no pcall catches.
// All text and number conversion in a call follows the "C" locale.
// Thread: one at a time, not always the same.
// Errors: ScriptError; the constructor throws std::bad_alloc.
#pragma once

#include "actors/deciders/lua/lua_api.hpp"
#include "actors/deciders/lua/lua_limits.hpp"
#include "actors/deciders/lua/script_error.hpp"

#include <locale.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn::lua {

// No string is longer: one instruction may pass over whole strings, and a limit is only noticed
// between instructions.
inline constexpr std::size_t string_bytes_max = 8u << 20;

// The name of each chunk; Lua puts it and the line before an error's text.
inline constexpr const char* chunk_name = "=decider";

class Vm {
public:
    explicit Vm(const LuaLimits& limits);
    ~Vm();
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;

    [[nodiscard]] static Vm& of(lua_State* lua) noexcept {
        return **static_cast<Vm**>(lua_getextraspace(lua));
    }
    [[nodiscard]] lua_State* lua() const noexcept { return lua_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] bool is_too_large() const noexcept { return bytes_ > limits_.memory_bytes_max; }
    [[nodiscard]] const LuaLimits& limits() const noexcept { return limits_; }

    // Pushes the function that a source text is, or that dump() made of one.
    [[nodiscard]] std::optional<ScriptError> load(std::string_view source);
    [[nodiscard]] std::optional<ScriptError> load_dumped(std::string_view dumped);
    // Calls the function below its arguments and leaves the results in their place; nothing is
    // left after an error.
    [[nodiscard]] std::optional<ScriptError> call(int arguments, int results);
    // Whether calls may end in a rejection.
    void allow_rejection(bool allowed) noexcept { may_reject_ = allowed; }

    // What follows is for C functions inside a call.

    // Counts work as so many instructions; does not return past the limit.
    void charge(std::uint64_t instructions) {
        used_ += instructions;
        if (used_ >= check_at_) {
            check();
        }
    }
    // Ends the whole call.
    [[noreturn]] void stop(Stop reason);
    [[noreturn]] void reject(std::string_view reason);
    [[nodiscard]] bool may_reject() const noexcept { return may_reject_; }
    // Whether an error that was caught, and lies on top of the stack, ends the whole call.
    [[nodiscard]] bool is_final(int status);

    // While one lives, memory is given past the bound, so that no Lua function fails and jumps
    // over destructors. Ask is_too_large() afterwards.
    class NoFailure {
    public:
        explicit NoFailure(Vm& vm) noexcept : vm_(vm), before_(vm.is_bounded_) {
            vm.is_bounded_ = false;
        }
        ~NoFailure() { vm_.is_bounded_ = before_; }
        NoFailure(const NoFailure&) = delete;
        NoFailure& operator=(const NoFailure&) = delete;

    private:
        Vm& vm_;
        bool before_;
    };

private:
    static void* allocate(void* self, void* block, std::size_t old_size,
                          std::size_t new_size) noexcept;
    static void on_count(lua_State* lua, lua_Debug* frame);
    static int on_error(lua_State* lua);

    [[nodiscard]] std::optional<ScriptError> load(std::string_view code, const char* mode);
    [[nodiscard]] bool grants(std::size_t more, bool is_string);
    void begin();
    void check();
    ScriptError take_error(int status);

    LuaLimits limits_;
    locale_t classic_;
    lua_State* lua_ = nullptr;
    std::size_t bytes_ = 0;

    // Of the call that runs.
    bool is_bounded_ = false;
    bool is_hurried_ = false;  // the hook comes with the next instruction
    bool was_deep_ = false;    // when memory was refused last
    Stop stop_ = Stop::none;
    int line_ = 0;
    std::uint64_t used_ = 0;
    std::uint64_t check_at_ = 0;
    std::chrono::steady_clock::time_point deadline_;
    bool may_reject_ = false;
    std::string rejection_;
};

// The function as Lua's own bytecode, which load_dumped() takes: quicker than the source.
[[nodiscard]] std::string dump(lua_State* lua);

}  // namespace firn::lua

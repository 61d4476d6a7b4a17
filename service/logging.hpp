// The program's log: one line an event, as one JSON object with time, level, event and fields.
//
//   log.info("listening", {{"address", "127.0.0.1"}, {"port", 7070u}});
//   {"time":"2026-03-01T08:30:00.123Z","level":"info","event":"listening","address":"127.0.0.1",…}
//
// spdlog writes the lines; nothing else here includes it.
// Thread: any. Errors: none; a line that cannot be written is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>

namespace firn {

enum class LogLevel : std::uint8_t { debug, info, warning, error, off };

struct LogField {
    using Value = std::variant<std::string_view, std::uint64_t, std::int64_t, double, bool>;
    std::string_view name;
    Value value;

    LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
    LogField(std::string_view field, const char* text)
        : name(field), value(std::string_view(text)) {}
    LogField(std::string_view field, std::uint64_t number) : name(field), value(number) {}
    LogField(std::string_view field, unsigned number) : name(field), value(std::uint64_t{number}) {}
    LogField(std::string_view field, int number) : name(field), value(std::int64_t{number}) {}
    LogField(std::string_view field, double number) : name(field), value(number) {}
    LogField(std::string_view field, bool yes) : name(field), value(yes) {}
};

class Log {
public:
    using Fields = std::initializer_list<LogField>;

    // To standard error.
    explicit Log(LogLevel level);
    // To a function, called with each line, one call at a time.
    Log(LogLevel level, std::function<void(std::string_view)> write_line);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    [[nodiscard]] bool enabled(LogLevel level) const noexcept { return level >= level_; }
    void debug(std::string_view event, Fields fields = {}) const {
        write(LogLevel::debug, event, fields);
    }
    void info(std::string_view event, Fields fields = {}) const {
        write(LogLevel::info, event, fields);
    }
    void warning(std::string_view event, Fields fields = {}) const {
        write(LogLevel::warning, event, fields);
    }
    void error(std::string_view event, Fields fields = {}) const {
        write(LogLevel::error, event, fields);
    }

private:
    void write(LogLevel level, std::string_view event, Fields fields) const;

    struct Sink;
    LogLevel level_;
    std::unique_ptr<Sink> sink_;
};

}  // namespace firn

#include "service/logging.hpp"

#include "service/http/json_text.hpp"
#include "storage/types.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cmath>
#include <mutex>
#include <string>
#include <utility>

namespace firn {

namespace {

class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit FunctionSink(std::function<void(std::string_view)> write_line)
        : write_line_(std::move(write_line)) {}

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        write_line_({message.payload.data(), message.payload.size()});
    }
    void flush_() override {}

    std::function<void(std::string_view)> write_line_;
};

}  // namespace

struct Log::Sink {
    explicit Sink(spdlog::sink_ptr target) : logger("firn", std::move(target)) {
        // The line is complete already; levels were looked at before it was made.
        logger.set_pattern("%v");
        logger.set_level(spdlog::level::trace);
        logger.flush_on(spdlog::level::trace);
    }
    spdlog::logger logger;
};

namespace {

constexpr std::string_view level_name(LogLevel level) noexcept {
    constexpr std::string_view names[] = {"debug", "info", "warning", "error", "off"};
    return names[static_cast<std::size_t>(level)];
}

void append_two(std::string& line, unsigned number) {
    line.push_back(static_cast<char>('0' + number / 10 % 10));
    line.push_back(static_cast<char>('0' + number % 10));
}

// RFC 3339 in UTC, with milliseconds.
void append_time(std::string& line, Timestamp time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<milliseconds>(time - day));
    append_number(line, static_cast<int>(date.year()));
    line.push_back('-');
    append_two(line, static_cast<unsigned>(date.month()));
    line.push_back('-');
    append_two(line, static_cast<unsigned>(date.day()));
    line.push_back('T');
    append_two(line, static_cast<unsigned>(clock.hours().count()));
    line.push_back(':');
    append_two(line, static_cast<unsigned>(clock.minutes().count()));
    line.push_back(':');
    append_two(line, static_cast<unsigned>(clock.seconds().count()));
    line.push_back('.');
    const auto milliseconds_part = static_cast<unsigned>(clock.subseconds().count());
    line.push_back(static_cast<char>('0' + milliseconds_part / 100));
    append_two(line, milliseconds_part % 100);
    line.push_back('Z');
}

struct AppendValue {
    std::string& line;

    void operator()(std::string_view text) const { append_json_string(line, text); }
    void operator()(bool yes) const { line.append(yes ? "true" : "false"); }
    void operator()(std::uint64_t number) const { append_number(line, number); }
    void operator()(std::int64_t number) const { append_number(line, number); }
    void operator()(double number) const {
        if (!std::isfinite(number)) {
            line.append("null");
            return;
        }
        char digits[32];
        line.append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
    }
};

}  // namespace

Log::Log(LogLevel level)
    : level_(level),
      sink_(std::make_unique<Sink>(std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

Log::Log(LogLevel level, std::function<void(std::string_view)> write_line)
    : level_(level),
      sink_(std::make_unique<Sink>(std::make_shared<FunctionSink>(std::move(write_line)))) {}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event, Fields fields) const {
    if (!enabled(level)) {
        return;
    }
    std::string line = "{\"time\":\"";
    append_time(line, now());
    line.append("\",\"level\":\"").append(level_name(level)).append("\",\"event\":");
    append_json_string(line, event);
    for (const auto& field : fields) {
        line.push_back(',');
        append_json_string(line, field.name);
        line.push_back(':');
        std::visit(AppendValue{line}, field.value);
    }
    line.push_back('}');
    sink_->logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace firn

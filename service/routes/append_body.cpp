#include "service/routes/append_body.hpp"

#include "service/routes/event_list.hpp"
#include "service/routes/json_body.hpp"

#include <algorithm>
#include <utility>

namespace firn {

namespace {

class AppendBodyReader {
public:
    AppendBodyReader(std::string_view traceparent, const HttpConfig::Limits& limits)
        : events_(traceparent, limits) {}

    std::optional<Problem> read_json(std::string_view text);
    std::optional<Problem> read_lines(std::string_view text);
    std::optional<Problem> finish(AppendBody& parsed);

private:
    std::optional<Problem> read_member(JsonScanner& scanner, std::string_view name);
    std::optional<Problem> read_line(std::string_view line);

    EventList events_;
    EventMembers bare_;
    bool is_list_ = false;
    std::optional<Expected> expected_;
};

std::optional<Problem> AppendBodyReader::read_member(JsonScanner& scanner, std::string_view name) {
    if (name == "events") {
        is_list_ = true;
        return events_.read(scanner, "/events");
    }
    if (name == "expected_version") {
        is_list_ = true;
        const auto value = scanner.take();
        if (scanner.failed()) {
            return std::nullopt;
        }
        const auto expected = expected_of(value, "/expected_version");
        if (!expected) {
            return expected.error();
        }
        expected_ = *expected;
        return std::nullopt;
    }
    auto* const slot = bare_.find(name);
    const auto value = scanner.take();
    if (slot == nullptr) {
        scanner.refuse(unknown_member);
    } else {
        *slot = value;
    }
    return std::nullopt;
}

std::optional<Problem> AppendBodyReader::read_json(std::string_view text) {
    JsonScanner scanner(text);
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        if (auto problem = read_member(scanner, *name)) {
            return problem;
        }
    }
    if (!scanner.finish()) {
        return malformed_body(scanner.error());
    }
    if (is_list_ && bare_.any()) {
        return bad_member("", "The body is either one event or a list of \"events\", not both.");
    }
    if (!is_list_) {
        return events_.add(bare_, "");
    }
    if (events_.size() == 0) {
        return bad_member("/events", "At least one event is needed.");
    }
    return std::nullopt;
}

std::optional<Problem> AppendBodyReader::read_line(std::string_view line) {
    JsonScanner scanner(line);
    EventMembers members;
    members.read(scanner);
    if (!scanner.finish()) {
        return malformed_body(scanner.error());
    }
    return events_.add(members, "");
}

std::optional<Problem> AppendBodyReader::read_lines(std::string_view text) {
    for (std::uint64_t number = 1; !text.empty(); ++number) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.find_first_not_of(" \t\r") == line.npos) {
            continue;
        }
        if (auto problem = read_line(line)) {
            return std::move(*problem).with("line", number);
        }
    }
    if (events_.size() == 0) {
        return bad_member("", "At least one event is needed.");
    }
    return std::nullopt;
}

std::optional<Problem> AppendBodyReader::finish(AppendBody& parsed) {
    if (auto problem = events_.find_repeated_id("/events")) {
        return problem;
    }
    parsed.events = events_.take_events();
    parsed.ids = events_.take_ids();
    parsed.expected = expected_;
    return std::nullopt;
}

}  // namespace

Read<AppendBody> parse_append_body(std::string_view body, BodyFormat format,
                                   std::string_view traceparent, const HttpConfig::Limits& limits) {
    AppendBodyReader reader(traceparent, limits);
    auto problem = format == BodyFormat::ndjson ? reader.read_lines(body) : reader.read_json(body);
    AppendBody parsed;
    if (!problem) {
        problem = reader.finish(parsed);
    }
    if (problem) {
        return *std::move(problem);
    }
    return parsed;
}

std::string_view usable_traceparent(const std::optional<std::string_view>& header) noexcept {
    constexpr std::size_t size = 55;  // 2-32-16-2 digits and the dashes between them
    if (!header || header->size() != size) {
        return {};
    }
    for (std::size_t i = 0; i < size; ++i) {
        const char c = (*header)[i];
        const bool dash = i == 2 || i == 35 || i == 52;
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !digit) {
            return {};
        }
    }
    return *header;
}

}  // namespace firn

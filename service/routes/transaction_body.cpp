#include "service/routes/transaction_body.hpp"

#include "service/routes/event_list.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/stream_member.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace firn {

namespace {

class TransactionBodyReader {
public:
    TransactionBodyReader(std::string_view traceparent, const HttpConfig::Limits& limits)
        : traceparent_(traceparent), limits_(limits) {}

    std::optional<Problem> read(std::string_view text);
    TransactionBody take() { return std::move(body_); }

private:
    std::optional<Problem> read_appends(JsonScanner& scanner);
    std::optional<Problem> read_append(JsonScanner& scanner, const std::string& pointer);
    std::optional<Problem> check_stream(const StreamName& stream, const std::string& pointer);

    std::string_view traceparent_;
    const HttpConfig::Limits& limits_;
    TransactionBody body_;
    std::set<StreamName> streams_;
    std::size_t events_ = 0;
};

std::optional<Problem> TransactionBodyReader::check_stream(const StreamName& stream,
                                                           const std::string& pointer) {
    if (auto problem = check_stream_member(stream, pointer)) {
        return problem;
    }
    if (!streams_.insert(stream).second) {
        return bad_member(pointer,
                          "The stream " + stream.category + "/" + stream.id +
                              " is named twice. Put all its events into one of \"appends\".");
    }
    return std::nullopt;
}

std::optional<Problem> TransactionBodyReader::read_append(JsonScanner& scanner,
                                                          const std::string& pointer) {
    StreamWrite write;
    EventList events(traceparent_, limits_, events_);
    bool has_events = false;
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        if (*name == "stream") {
            write.stream = read_stream_member(scanner);
        } else if (*name == "events") {
            has_events = true;
            if (auto problem = events.read(scanner, pointer + "/events")) {
                return problem;
            }
        } else if (*name == "expected_version") {
            const auto value = scanner.take();
            const auto expected = expected_of(value, pointer + "/expected_version");
            if (!expected && !scanner.failed()) {
                return expected.error();
            }
            write.expected = expected ? *expected : Expected::any();
        } else {
            [[maybe_unused]] const auto unknown = scanner.take();
            scanner.refuse(unknown_member);
        }
    }
    if (scanner.failed()) {
        return std::nullopt;
    }
    if (!has_events) {
        return bad_member(pointer, "\"events\" is missing; [] only checks the version.");
    }
    if (auto problem = check_stream(write.stream, pointer + "/stream")) {
        return problem;
    }
    if (auto problem = events.find_repeated_id(pointer + "/events")) {
        return problem;
    }
    events_ += events.size();
    write.events = events.take_events();
    body_.writes.push_back(std::move(write));
    body_.ids.push_back(events.take_ids());
    return std::nullopt;
}

std::optional<Problem> TransactionBodyReader::read_appends(JsonScanner& scanner) {
    if (!scanner.enter_array()) {
        return std::nullopt;
    }
    while (scanner.next_element()) {
        const auto pointer = "/appends/" + std::to_string(body_.writes.size());
        if (body_.writes.size() == limits_.streams_per_transaction_max) {
            return Problem(Slug::too_large,
                           "A transaction takes at most " +
                               std::to_string(limits_.streams_per_transaction_max) + " streams.")
                .with("pointer", pointer);
        }
        if (auto problem = read_append(scanner, pointer)) {
            return problem;
        }
        if (scanner.failed()) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

std::optional<Problem> TransactionBodyReader::read(std::string_view text) {
    JsonScanner scanner(text);
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        if (*name == "appends") {
            if (auto problem = read_appends(scanner)) {
                return problem;
            }
        } else {
            [[maybe_unused]] const auto unknown = scanner.take();
            scanner.refuse(unknown_member);
        }
    }
    if (!scanner.finish()) {
        return malformed_body(scanner.error());
    }
    if (events_ == 0) {
        return bad_member("/appends",
                          "A transaction needs at least one event; entries without events only "
                          "check versions.");
    }
    return std::nullopt;
}

}  // namespace

Read<TransactionBody> parse_transaction_body(std::string_view body, std::string_view traceparent,
                                             const HttpConfig::Limits& limits) {
    TransactionBodyReader reader(traceparent, limits);
    if (auto problem = reader.read(body)) {
        return *std::move(problem);
    }
    return reader.take();
}

}  // namespace firn

#include "service/routes/conflict.hpp"

#include "actors/identity/event_id.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/event_json.hpp"

namespace firn {

namespace {

constexpr std::uint32_t missed_events_max = 100;

std::string as_json(const Expected& expected) {
    switch (expected.kind) {
        case Expected::Kind::any: return "\"any\"";
        case Expected::Kind::none: return "\"none\"";
        case Expected::Kind::exists: return "\"exists\"";
        case Expected::Kind::exactly: return std::to_string(expected.version.value());
    }
    return "null";
}

std::string in_words(const Expected& expected) {
    switch (expected.kind) {
        case Expected::Kind::none: return "the stream was expected not to exist";
        case Expected::Kind::exists: return "the stream was expected to exist";
        default: return "version " + std::to_string(expected.version.value()) + " was expected";
    }
}

// The events between what the writer knew and the head, as a JSON array; empty text if they are
// not held any more.
std::string missed_events(const Call& call, const StreamName& stream, const Expected& expected,
                          Version current) {
    const auto known = expected.kind == Expected::Kind::exactly ? expected.version : no_version;
    std::string out = "[";
    if (known < current) {
        const auto page =
            call.service.store().read(stream, {.from = known.next(),
                                               .limit = missed_events_max,
                                               .bytes_max = call.config.limits.page_bytes_max});
        if (!page) {
            return {};
        }
        for (const auto& event : page->events) {
            // Others may have been appended since the refusal.
            if (event.version <= current) {
                out.append(out.size() == 1 ? "" : ",");
                append_event(out, event, nullptr, Lines::as_sent);
            }
        }
    }
    return out.append("]");
}

Problem duplicate_event(const std::string& subject, const EventId& event_id) {
    const auto id = to_text(event_id);
    return Problem(Slug::duplicate_event,
                   subject + " remembers the event id " + id +
                       " with other content, or in another order. Give new events new ids.")
        .with("event_id", id);
}

std::string conflicts_json(const std::vector<StreamWrite>& writes,
                           const std::vector<StreamConflict>& conflicts) {
    std::string out = "[";
    for (const auto& conflict : conflicts) {
        const auto& write = writes[conflict.index];
        out.append(out.size() == 1 ? "" : ",");
        JsonObject object(out);
        append_stream(object.begin("stream"), write.stream);
        object.begin("expected_version").append(as_json(write.expected));
        object.add("current_version", conflict.current_version.value()).end();
    }
    return out.append("]");
}

}  // namespace

Problem conflict_problem(const Call& call, const StreamName& stream, const Expected& expected,
                         bool by_header, const AppendOutcome& outcome) {
    const auto subject = subject_of(stream);
    if (outcome.error == storage_errc::duplicate_event) {
        return duplicate_event(subject, outcome.conflict.event_id);
    }
    if (outcome.error != storage_errc::wrong_version) {
        return problem_of(outcome.error, subject);
    }
    const auto current = outcome.conflict.current_version;
    auto problem =
        Problem(by_header ? Slug::wrong_version_header : Slug::wrong_version,
                subject + " is at version " + std::to_string(current.value()) + ", but " +
                    in_words(expected) + ". Read what was missed and decide again.")
            .with_json("expected_version", as_json(expected))
            .with("current_version", current.value());
    const auto missed = missed_events(call, stream, expected, current);
    return missed.empty() ? problem : std::move(problem).with_json("missed_events", missed);
}

Problem conflict_problem(const std::vector<StreamWrite>& writes,
                         const TransactionOutcome& outcome) {
    if (outcome.conflicts.empty()) {
        return problem_of(outcome.error, "The transaction");
    }
    const auto& first = outcome.conflicts.front();
    const auto& write = writes[first.index];
    const auto subject = subject_of(write.stream);
    if (outcome.error == storage_errc::duplicate_event) {
        return duplicate_event(subject, first.event_id);
    }
    if (outcome.error != storage_errc::wrong_version) {
        return problem_of(outcome.error, subject);
    }
    const auto others = outcome.conflicts.size() - 1;
    return Problem(Slug::wrong_version,
                   "Nothing was appended: " + subject + " is at version " +
                       std::to_string(first.current_version.value()) + ", but " +
                       in_words(write.expected) +
                       (others == 0   ? ""
                        : others == 1 ? "; another stream has moved, too"
                                      : "; " + std::to_string(others) + " others have moved, too") +
                       ". Read what was missed and decide again.")
        .with_json("conflicts", conflicts_json(writes, outcome.conflicts));
}

}  // namespace firn

#include "service/cli/import/batch_delivery.hpp"

#include "actors/json/scanner.hpp"
#include "service/cli/exit_code.hpp"
#include "service/cli/refusal.hpp"

#include <algorithm>
#include <charconv>

namespace firn::cli {

// What a wrong-version answer tells.
struct BatchDelivery::Conflict {
    Version current;
    std::string_view missed_events;  // a JSON array; empty: not told
};

namespace {

CommandFailure refused(const std::string& sentence) {
    return {ExitCode::refused, sentence};
}

bool same_string(std::string_view one, std::string_view other) {
    std::string one_scratch;
    std::string other_scratch;
    return one == other || as_string({JsonKind::string, one}, one_scratch) ==
                               as_string({JsonKind::string, other}, other_scratch);
}

// N of "/events/N/…".
std::optional<std::size_t> event_in(std::string_view pointer) {
    constexpr std::string_view prefix = "/events/";
    if (!pointer.starts_with(prefix)) {
        return std::nullopt;
    }
    pointer.remove_prefix(prefix.size());
    std::size_t index = 0;
    const auto [end, error] =
        std::from_chars(pointer.data(), pointer.data() + pointer.size(), index);
    return error == std::errc{} ? std::optional(index) : std::nullopt;
}

}  // namespace

BatchDelivery::BatchDelivery(const StreamBatch& batch, std::string_view category)
    : batch_(batch), category_(category) {}

HttpAsk BatchDelivery::next() {
    HttpAsk ask;
    ask.verb = "POST";
    ask.target = stream_path(category_, batch_.stream()) + "/events";
    ask.body = "{\"expected_version\":" + std::to_string(expected().value()) + ",\"events\":[";
    in_request_ = 0;
    while (done_count_ + in_request_ < batch_.size() && in_request_ < request_events_max_) {
        const auto event = batch_.json(done_count_ + in_request_);
        if (in_request_ != 0) {
            if (ask.body.size() + event.size() > request_bytes_max) {
                break;
            }
            ask.body += ',';
        }
        ask.body += event;
        ++in_request_;
    }
    ask.body += "]}";
    return ask;
}

std::optional<std::chrono::milliseconds> BatchDelivery::take(const HttpAnswer& answer,
                                                             double chance) {
    if (answer.status == 503) {
        return pause(answer, chance);
    }
    overloads_ = 0;
    if (answer.status == 201 || answer.status == 200) {
        done_count_ += in_request_;
        appended_ += in_request_;
        return std::nullopt;
    }
    if (answer.status == 413 && in_request_ > 1) {
        // A server with tighter bounds than the defaults.
        request_events_max_ = in_request_ / 2;
        return std::nullopt;
    }
    if (answer.status != 409 || read_problem(answer).slug != "wrong-version") {
        refuse(answer);
    }

    std::optional<Version> current;
    std::string_view missed_events;
    JsonScanner body(answer.body);
    body.enter_object();
    while (const auto name = body.next_member()) {
        const auto value = body.take();
        if (*name == "current_version") {
            if (const auto number = as_uint64(value)) {
                current = Version{*number};
            }
        } else if (*name == "missed_events" && value.kind == JsonKind::array) {
            missed_events = value.raw;
        }
    }
    if (!current) {
        refuse(answer);
    }
    skip_what_is_there({*current, missed_events});
    return std::nullopt;
}

void BatchDelivery::skip_what_is_there(const Conflict& conflict) {
    if (conflict.current <= expected()) {
        throw refused("Stream " + name() + " is at version " +
                      std::to_string(conflict.current.value()) + ", but line " +
                      std::to_string(batch_.line(done_count_)) + " holds its event " +
                      std::to_string(expected().next().value()) +
                      ": the ones before were on the server during this import and are gone. "
                      "Was it restarted with another data directory?");
    }
    compare_missed(conflict.missed_events);
    const auto there = conflict.current.since(batch_.before());
    done_count_ = std::min<std::size_t>(there, batch_.size());
}

void BatchDelivery::compare_missed(std::string_view missed_events) const {
    if (missed_events.empty()) {
        return;
    }
    JsonScanner events(missed_events);
    events.enter_array();
    while (events.next_element()) {
        compare_missed_event(events.take().raw);
    }
}

void BatchDelivery::compare_missed_event(std::string_view event) const {
    std::optional<std::uint64_t> version;
    std::string_view type;
    std::string_view data;
    JsonScanner members(event);
    members.enter_object();
    while (const auto member = members.next_member()) {
        const auto value = members.take();
        if (*member == "version") {
            version = as_uint64(value);
        } else if (*member == "type") {
            type = value.raw;
        } else if (*member == "data") {
            data = value.raw;
        }
    }
    if (!version || Version{*version} <= expected()) {
        return;
    }
    const auto index = Version{*version}.since(batch_.before()) - 1;
    if (index >= batch_.size()) {
        return;  // written by a later batch, or by somebody else after this input's end
    }
    if (!same_string(type, batch_.type(index)) || data != batch_.data(index)) {
        throw refused("Stream " + name() + " holds something else: its event " +
                      std::to_string(*version) + " is not the one of line " +
                      std::to_string(batch_.line(index)) +
                      ". Nothing of it was changed; import into another category, or find out who "
                      "else writes to this stream.");
    }
}

std::chrono::milliseconds BatchDelivery::pause(const HttpAnswer& answer, double chance) {
    if (++overloads_ > attempts_max) {
        refuse(answer);
    }
    constexpr std::chrono::milliseconds first{20};
    constexpr std::chrono::milliseconds longest{2'000};
    const auto backoff = std::min(longest, first * (1 << std::min(overloads_, 10u)));
    const std::chrono::milliseconds asked = answer.retry_after.value_or(std::chrono::seconds{0});
    // Never before the time that the server asked for, and not everybody at the same moment.
    return asked + std::chrono::duration_cast<std::chrono::milliseconds>(backoff * chance);
}

void BatchDelivery::refuse(const HttpAnswer& answer) const {
    const auto problem = read_problem(answer);
    const auto offender = event_in(problem.pointer);
    std::string where = "Stream " + name();
    if (offender && done_count_ + *offender < batch_.size()) {
        where += ", line " + std::to_string(batch_.line(done_count_ + *offender));
    } else {
        where += ", from line " + std::to_string(batch_.line(done_count_)) + " on";
    }
    throw refused(where + ": " + refusal(answer).what());
}

}  // namespace firn::cli

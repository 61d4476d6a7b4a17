// What to send for a batch, and what an answer means: the decisions of an import, without I/O.
//
// Event k of a stream is sent expecting version k-1. So whatever happened before, a killed run, a
// lost answer, a second import, the server's refusal tells how far the stream is: what is there
// already is compared and skipped, the rest is sent.
// Thread: one. Errors: CommandFailure (refused) with a sentence that names stream and line.
#pragma once

#include "service/cli/http_client.hpp"
#include "service/cli/import/stream_batch.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace firn::cli {

class BatchDelivery {
public:
    // What one request holds at most; below the server's own defaults.
    static constexpr std::size_t request_events_max = 5'000;
    static constexpr std::size_t request_bytes_max = 4u << 20;
    // Attempts in a row that the server may answer with "overloaded".
    static constexpr unsigned attempts_max = 60;

    BatchDelivery(const StreamBatch& batch, std::string_view category);

    [[nodiscard]] bool done() const noexcept { return done_count_ == batch_.size(); }
    // The next request. Not when done.
    [[nodiscard]] HttpAsk next();
    // What came back for it. A pause to make before the next request, if the server needs one;
    // `chance`, from 0 to 1, spreads the pauses of many senders.
    [[nodiscard]] std::optional<std::chrono::milliseconds> take(const HttpAnswer& answer,
                                                                double chance);

    // Of the batch's events so far.
    [[nodiscard]] std::uint64_t appended() const noexcept { return appended_; }
    [[nodiscard]] std::uint64_t skipped() const noexcept { return done_count_ - appended_; }

private:
    struct Conflict;
    void skip_what_is_there(const Conflict& conflict);
    void compare_missed(std::string_view missed_events) const;
    void compare_missed_event(std::string_view event) const;
    [[nodiscard]] std::chrono::milliseconds pause(const HttpAnswer& answer, double chance);
    [[noreturn]] void refuse(const HttpAnswer& answer) const;
    [[nodiscard]] Version expected() const noexcept { return batch_.before().plus(done_count_); }
    [[nodiscard]] std::string name() const { return category_ + "/" + batch_.stream(); }

    const StreamBatch& batch_;
    std::string category_;
    std::size_t done_count_ = 0;  // events from the front that are on the server
    std::size_t in_request_ = 0;  // events of the request that was made last
    std::size_t request_events_max_ = request_events_max;
    std::uint64_t appended_ = 0;
    unsigned overloads_ = 0;  // in a row
};

}  // namespace firn::cli

// Reads all that a server holds and compares it with what clients know.
// Thread: one at a time. Errors: throws std::runtime_error with a sentence at the first thing that
// is not as promised.
#pragma once

#include "tests/crash/sent_request.hpp"
#include "tests/support/seen_event.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace firn::test {

class HttpConnection;

class HistoryCheck {
public:
    // Reads the whole feed: positions have no gaps or repeats, nor versions within a stream, nor
    // is an id there twice.
    explicit HistoryCheck(std::uint16_t port);

    // Every acknowledged event is there, at its version and position, with its id and data.
    void check_acknowledged(const Acknowledged& acknowledged) const;
    // All or nothing, of every stream.
    void check_in_doubt(const SentRequest& request) const;
    // Each stream's own page and facts agree with the feed, and its chain is that of its events.
    void check_streams() const;

    using Streams = std::map<StreamName, std::vector<SeenEvent>>;  // [version - 1]
    [[nodiscard]] const Streams& streams() const noexcept { return streams_; }
    [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

private:
    void take_line(const std::string& line);
    void check_stream(HttpConnection& connection, const StreamName& stream,
                      const std::vector<SeenEvent>& events) const;

    std::uint16_t port_;
    std::uint64_t events_ = 0;
    Streams streams_;
    std::map<EventId, Version> ids_;
};

}  // namespace firn::test

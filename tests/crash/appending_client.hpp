// A client that appends until the server is gone, and keeps a record of every answer.
//
// It states expected versions and ids. What was sent and never answered is in doubt: it sends
// exactly that again to the next server, as a careful client would.
// Thread: one at a time; the record is read between rounds, has_answer() at any time.
// Errors: answers that break the contract are kept as sentences.
#pragma once

#include "storage/types.hpp"
#include "tests/support/random.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace firn::test {

class HttpConnection;

struct SentEvent {
    EventId id{};
    std::string data;
};

struct SentAppend {
    StreamName stream;
    std::vector<SentEvent> events;
};

struct Acknowledged {
    SentAppend sent;
    Version first_version;
    Position position;  // of the last event
};

class AppendingClient {
public:
    AppendingClient(std::uint64_t seed, std::vector<StreamName> streams);

    // Returns when the server is gone.
    void append_until_gone(std::uint16_t port);

    [[nodiscard]] const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
    [[nodiscard]] const std::optional<SentAppend>& in_doubt() const { return in_doubt_; }
    [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
    [[nodiscard]] std::uint64_t replays() const { return replays_; }
    // Whether anything was acknowledged yet.
    [[nodiscard]] bool has_answer() const noexcept { return has_answer_.load(); }

private:
    SentAppend draw();
    // False if the answer broke the contract.
    bool send(HttpConnection& connection, const SentAppend& append, bool again);
    void take_conflict(const SentAppend& append, const std::string& body);

    Random random_;
    std::vector<StreamName> streams_;
    std::map<StreamName, std::uint64_t> heads_;  // as far as this client knows
    std::vector<Acknowledged> acknowledged_;
    std::optional<SentAppend> in_doubt_;
    std::vector<std::string> complaints_;
    std::uint64_t replays_ = 0;
    std::atomic<bool> has_answer_{false};
};

}  // namespace firn::test

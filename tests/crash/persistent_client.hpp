// A client that writes until the server is gone, and keeps a record of every answer.
//
// Every event has an id. What was sent and never answered is in doubt: it is sent again to the
// next server, as a careful client would. What is sent, and in which form, is a derived class's.
// Thread: one at a time; the record is read between rounds, has_answer() at any time.
// Errors: answers that break the contract are kept as sentences.
#pragma once

#include "tests/crash/sent_request.hpp"
#include "tests/support/random.hpp"

#include <boost/json/value.hpp>

#include <atomic>
#include <map>

namespace firn::test {

class HttpConnection;
struct HttpAnswer;

class PersistentClient {
public:
    explicit PersistentClient(std::uint64_t seed) : random_(seed) {}
    virtual ~PersistentClient() = default;

    // Returns when the server is gone, or broke the contract.
    void write_until_gone(std::uint16_t port);

    [[nodiscard]] const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
    [[nodiscard]] const std::optional<SentRequest>& in_doubt() const { return in_doubt_; }
    [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
    [[nodiscard]] std::uint64_t replays() const { return replays_; }
    // Whether anything was acknowledged yet.
    [[nodiscard]] bool has_answer() const noexcept { return has_answer_.load(); }

protected:
    [[nodiscard]] virtual SentRequest draw() = 0;
    // The form in which it is sent again.
    [[nodiscard]] virtual SentRequest repeated(const SentRequest& request) const = 0;
    [[nodiscard]] virtual std::string body_of(const SentRequest& request) const = 0;
    // Of each append, in order: "first_version", "version", "position".
    virtual void take_success(const SentRequest& request, const boost::json::value& answer) = 0;
    virtual void take_conflict(const SentRequest& request, const boost::json::value& answer) = 0;

    Random& random() noexcept { return random_; }
    EventId draw_id();
    // The version of a stream, as far as this client knows.
    [[nodiscard]] std::uint64_t head(const StreamName& stream) const;
    void acknowledge(const SentAppend& append, const boost::json::value& result);
    void take_current_version(const SentAppend& append, std::uint64_t current);
    void complain(std::string sentence) { complaints_.push_back(std::move(sentence)); }

private:
    // False if the answer broke the contract.
    bool send(HttpConnection& connection, const SentRequest& request, bool again);
    void take_answer(const SentRequest& request, const HttpAnswer& answer, bool again);

    Random random_;
    std::map<StreamName, std::uint64_t> heads_;
    std::vector<Acknowledged> acknowledged_;
    std::optional<SentRequest> in_doubt_;
    std::vector<std::string> complaints_;
    std::uint64_t replays_ = 0;
    std::atomic<bool> has_answer_{false};
};

// The events as a JSON array.
[[nodiscard]] std::string json_of(const std::vector<SentEvent>& events);
// As "expected_version" has it.
[[nodiscard]] std::string json_of(std::optional<std::uint64_t> expected);

}  // namespace firn::test

// A live feed as the body of a response: what both kinds, of one stream and of all, have in common.
//
//   behind ──▶ (read from the store until its end) ──▶ caught-up ──▶ live ──▶ (place gone) ──▶
//   behind
//
// Thread: one session's. Errors: an exception when the store cannot be read; the client comes back
// and resumes by the id of the last message that it saw.
#pragma once

#include "service/http/body_source.hpp"
#include "service/routes/live/live_feed.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace firn {

class LiveSource : public BodySource {
public:
    LiveSource(LiveFeed& live, std::chrono::milliseconds heartbeat);

    boost::asio::awaitable<bool> next(std::string& out) final;

protected:
    // Whether the feed goes on, and whether the reader is at its end.
    enum class Came : std::uint8_t { more, caught_up, ended };

    // Appends what follows from the store; a piece of it.
    virtual Came read_store(std::string& out) = 0;
    virtual void say_caught_up(std::string& out) = 0;
    // Appends what of the batch has not been sent, about a piece of it; place_ moves on.
    virtual void read_batch(const LiveBatch& batch, std::string& out) = 0;
    [[nodiscard]] virtual LiveInterest interest() const = 0;
    // Looks, now and then, whether the feed has ended without an event. Appends why.
    virtual bool has_ended(std::string& out) = 0;

    // Everything up to here was sent, or is not for this reader.
    Position place_;

private:
    // False: the feed has ended.
    [[nodiscard]] bool take_store(std::string& out);
    // False: there is nothing new to take.
    [[nodiscard]] bool take_live(std::string& out);
    // Until a heartbeat is due.
    [[nodiscard]] std::chrono::milliseconds silence_left() const;

    const std::shared_ptr<LiveFeed> live_;
    const std::chrono::milliseconds heartbeat_;
    std::chrono::steady_clock::time_point sent_at_;
    bool begun_ = false;
    bool behind_ = true;
};

// What a piece of a live feed holds at most, beyond the last event in it.
inline constexpr std::size_t live_piece_bytes = 64u << 10;

}  // namespace firn

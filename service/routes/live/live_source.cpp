#include "service/routes/live/live_source.hpp"

#include "service/routes/live/event_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace firn {

namespace asio = boost::asio;

LiveSource::LiveSource(LiveFeed& live, std::chrono::milliseconds heartbeat)
    : live_(live.shared_from_this()),
      heartbeat_(heartbeat),
      sent_at_(std::chrono::steady_clock::now()) {}

std::chrono::milliseconds LiveSource::silence_left() const {
    const auto left = sent_at_ + heartbeat_ - std::chrono::steady_clock::now();
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(left),
                    std::chrono::milliseconds{0});
}

bool LiveSource::take_store(std::string& out) {
    live_->follow();
    switch (read_store(out)) {
        case Came::ended: return false;
        case Came::caught_up:
            behind_ = false;
            say_caught_up(out);
            break;
        case Came::more: break;
    }
    return true;
}

bool LiveSource::take_live(std::string& out) {
    const auto look = live_->look(place_);
    behind_ = look.held == LiveFeed::Held::gone;
    if (look.batch) {
        read_batch(*look.batch, out);
    }
    return look.held != LiveFeed::Held::nothing_new;
}

asio::awaitable<bool> LiveSource::next(std::string& out) {
    const auto begin = out.size();
    if (!std::exchange(begun_, true)) {
        append_retry(out);
    }
    while (!live_->closed()) {
        const bool was_behind = behind_;
        bool waits = false;
        if (behind_) {
            if (!take_store(out)) {
                co_return false;
            }
        } else {
            waits = !take_live(out);
        }
        if (out.size() == begin && waits) {
            place_ = co_await live_->wait(place_, interest(), silence_left());
        }
        if (out.size() == begin && silence_left().count() == 0) {
            if (has_ended(out)) {
                co_return false;
            }
            append_heartbeat(out);
        }
        if (out.size() != begin) {
            sent_at_ = std::chrono::steady_clock::now();
            co_return true;
        }
        if (was_behind) {
            // A rare type may take many looks at the store; others come in between.
            co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        }
    }
    co_return false;
}

}  // namespace firn

#include "service/cli/follow/follow_feed.hpp"

#include "service/cli/connection.hpp"
#include "service/cli/follow/outage.hpp"
#include "service/cli/refusal.hpp"

namespace firn::cli {

namespace {

// Far above what one event can take.
constexpr std::size_t message_bytes_max = 256u << 20;

class Following {
public:
    Following(const FollowAsk& ask, const Follower& follower, StopSignals& stop)
        : ask_(ask), follower_(follower), stop_(stop), outage_(stop) {}

    void run() {
        for (;;) {
            try {
                if (!read_one_connection()) {
                    return;
                }
            } catch (const CommandFailure& failure) {
                if (failure.code() != ExitCode::unreachable || !was_there_) {
                    throw;
                }
                outage_.lost(failure.what());
            }
        }
    }

private:
    StreamAsk request() const {
        StreamAsk request{ask_.target, {{"Accept", "text/event-stream"}}, nullptr};
        if (!last_id_.empty()) {
            request.fields.push_back({"Last-Event-ID", last_id_});
        }
        return request;
    }

    // False: that was enough.
    bool read_one_connection() {
        HttpStream stream(ask_.server, request(), ask_.timeouts, &stop_);
        require_feed(stream);
        was_there_ = true;
        EventStreamParser parser;
        for (auto text = stream.read(); !text.empty(); text = stream.read()) {
            parser.feed(text);
            while (const auto message = parser.next()) {
                outage_.over();
                if (!follower_.take(*message)) {
                    follower_.pause();
                    return false;
                }
                last_id_ = message->id;
            }
            if (parser.held_bytes() > message_bytes_max) {
                throw CommandFailure(ExitCode::refused, "The server sends a message without end.");
            }
            follower_.pause();
        }
        throw unreachable(ask_.server, "ended the feed.");
    }

    void require_feed(HttpStream& stream) const {
        if (stream.status() == 200 && stream.content_type().starts_with("text/event-stream")) {
            return;
        }
        const auto answer = stream.rest();
        if (answer.status >= 500 && was_there_) {
            throw unreachable(ask_.server,
                              "answered with status " + std::to_string(answer.status) + ".");
        }
        throw refusal(answer);
    }

    const FollowAsk& ask_;
    const Follower& follower_;
    StopSignals& stop_;
    Outage outage_;
    std::string last_id_;
    bool was_there_ = false;
};

}  // namespace

void follow_feed(const FollowAsk& ask, const Follower& follower, StopSignals& stop) {
    Following(ask, follower, stop).run();
}

}  // namespace firn::cli

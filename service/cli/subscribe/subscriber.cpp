#include "service/cli/subscribe/subscriber.hpp"

#include "service/cli/refusal.hpp"

namespace firn::cli {

namespace {

// The server stops, is busy, or its disk is full: it may be otherwise soon.
bool will_pass(unsigned status) {
    return status == 503 || status == 507;
}

}  // namespace

Subscriber::Subscriber(const ServerUrl& server, std::string name, StopSignals& stop)
    : server_(server),
      path_(subscription_path(name)),
      outage_(stop),
      reading_(server, {}, &stop),
      acknowledging_(server) {}

bool Subscriber::exists() {
    const auto answer = reading_.get(path_);
    if (answer.status == 404) {
        return false;
    }
    require_success(answer);
    return true;
}

void Subscriber::create(const std::string& settings) {
    require_success(reading_.send({.verb = "PUT", .target = path_, .body = settings}));
}

std::string Subscriber::next_page(std::uint64_t limit, std::chrono::seconds wait) {
    Query query;
    query.add("limit", limit);
    query.add("wait", static_cast<std::uint64_t>(wait.count()));
    return send(reading_,
                {.target = path_ + "/events" + query.text(), .accept = "application/x-ndjson"})
        .body;
}

void Subscriber::acknowledge(std::uint64_t position) {
    static_cast<void>(
        send(acknowledging_, {.verb = "POST",
                              .target = path_ + "/ack",
                              .body = "{\"position\":" + std::to_string(position) + "}"}));
}

HttpAnswer Subscriber::send(HttpClient& client, const HttpAsk& ask) {
    for (;;) {
        std::string why;
        try {
            auto answer = client.send(ask);
            if (!will_pass(answer.status)) {
                require_success(answer);
                outage_.over();
                return answer;
            }
            why = refusal(answer).what();
        } catch (const CommandFailure& failure) {
            if (failure.code() != ExitCode::unreachable) {
                throw;
            }
            why = failure.what();
        }
        outage_.lost(why);
    }
}

}  // namespace firn::cli

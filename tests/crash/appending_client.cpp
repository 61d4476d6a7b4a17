#include "tests/crash/appending_client.hpp"

#include <boost/json.hpp>

#include <utility>

namespace firn::test {

AppendingClient::AppendingClient(std::uint64_t seed, std::vector<StreamName> streams)
    : PersistentClient(seed), streams_(std::move(streams)) {}

SentRequest AppendingClient::draw() {
    SentAppend append{random().pick(streams_), {}, {}};
    append.expected = head(append.stream);
    const auto count = random().percent(80) ? 1 : random().between(2, 40);
    for (std::uint64_t i = 0; i < count; ++i) {
        SentEvent event{draw_id(), "Appended", {}};
        const auto size =
            random().percent(2) ? random().between(10'000, 60'000) : random().between(0, 200);
        event.data = R"({"pad":")" +
                     std::string(size, static_cast<char>('a' + random().below(26))) + R"("})";
        append.events.push_back(std::move(event));
    }
    return {"/v1/streams/" + append.stream.category + '/' + append.stream.id + "/events",
            {std::move(append)}};
}

SentRequest AppendingClient::repeated(const SentRequest& request) const {
    auto again = request;
    again.appends.front().expected.reset();
    return again;
}

std::string AppendingClient::body_of(const SentRequest& request) const {
    const auto& append = request.appends.front();
    return "{\"events\":" + json_of(append.events) +
           ",\"expected_version\":" + json_of(append.expected) + '}';
}

void AppendingClient::take_success(const SentRequest& request, const boost::json::value& answer) {
    acknowledge(request.appends.front(), answer);
}

void AppendingClient::take_conflict(const SentRequest& request, const boost::json::value& answer) {
    take_current_version(request.appends.front(),
                         answer.at("current_version").to_number<std::uint64_t>());
}

}  // namespace firn::test

#include "tests/crash/transferring_client.hpp"

#include "actors/identity/event_id.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace firn::test {

namespace json = boost::json;

TransferringClient::TransferringClient(std::uint64_t seed, std::vector<StreamName> accounts)
    : PersistentClient(seed), accounts_(std::move(accounts)) {}

SentRequest TransferringClient::draw() {
    std::vector<StreamName> chosen = std::exchange(refused_, {});
    const std::size_t wanted = random().percent(20) ? 3 : 2;
    while (chosen.size() < wanted) {
        const auto& account = random().pick(accounts_);
        if (std::ranges::find(chosen, account) == chosen.end()) {
            chosen.push_back(account);
        }
    }
    const bool states_versions = random().percent(50);
    const auto amount = static_cast<std::int64_t>(random().between(1, 50));
    const auto transfer = to_text(draw_id());
    SentRequest request{"/v1/transactions", {}};
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        SentAppend append{chosen[i], {}, {}};
        if (states_versions || i == 2) {
            append.expected = head(chosen[i]);
        }
        if (i < 2) {
            append.events.push_back({draw_id(), i == 0 ? "Withdrawn" : "Deposited",
                                     R"({"transfer":")" + transfer + R"(","amount":)" +
                                         std::to_string(i == 0 ? -amount : amount) + '}'});
        }
        request.appends.push_back(std::move(append));
    }
    return request;
}

std::string TransferringClient::body_of(const SentRequest& request) const {
    std::string body = "{\"appends\":[";
    for (const auto& append : request.appends) {
        body += body.back() == '[' ? "" : ",";
        body += R"({"stream":{"category":")" + append.stream.category + R"(","id":")" +
                append.stream.id + R"("},"expected_version":)" + json_of(append.expected) +
                R"(,"events":)" + json_of(append.events) + '}';
    }
    return body + "]}";
}

void TransferringClient::take_success(const SentRequest& request, const json::value& answer) {
    const auto& results = answer.at("results").as_array();
    if (results.size() != request.appends.size()) {
        complain("a transaction has not a result for each stream: " + json::serialize(answer));
        return;
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
        acknowledge(request.appends[i], results[i]);
    }
}

void TransferringClient::take_conflict(const SentRequest& request, const json::value& answer) {
    for (const auto& conflict : answer.at("conflicts").as_array()) {
        const auto& id = conflict.at("stream").at("id").as_string();
        const auto append = std::ranges::find_if(
            request.appends, [&](const SentAppend& sent) { return id == sent.stream.id; });
        if (append == request.appends.end() || !append->expected) {
            complain("a conflict was told where none can be: " + json::serialize(answer));
            return;
        }
        take_current_version(*append, conflict.at("current_version").to_number<std::uint64_t>());
    }
    for (const auto& append : request.appends) {
        refused_.push_back(append.stream);
    }
}

}  // namespace firn::test

// POST /v1/transactions
#include "service/http/json_object.hpp"
#include "service/routes/append_body.hpp"
#include "service/routes/conflict.hpp"
#include "service/routes/event_json.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"
#include "service/routes/transaction_body.hpp"

#include <algorithm>

namespace firn {

namespace asio = boost::asio;

namespace {

void write_answer(Response& response, const TransactionBody& body,
                  const TransactionOutcome& outcome) {
    bool replayed = false;
    Position last;
    response.content_type = content_types::json;
    JsonObject answer(response.body);
    answer.begin("results").push_back('[');
    for (std::size_t i = 0; i != body.writes.size(); ++i) {
        const auto& appended = outcome.streams[i];
        response.body.append(i == 0 ? "" : ",");
        JsonObject result(response.body);
        append_stream(result.begin("stream"), body.writes[i].stream);
        result.add("first_version", appended.first_version.value())
            .add("version", appended.version.value())
            .add("position", appended.position.value());
        append_event_ids(result.begin("ids"), body.ids[i]);
        result.end();
        if (!body.ids[i].empty()) {
            last = std::max(last, appended.position);
            replayed = appended.replayed;
        }
    }
    response.body.push_back(']');
    answer.add("position", last.value());
    if (replayed) {
        answer.flag("replayed", true);
    }
    answer.end();
    response.status = replayed ? 200 : 201;
}

}  // namespace

asio::awaitable<void> run_transaction(Call call) {
    if (const auto problem = check_plain_write(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto body = parse_transaction_body(call.request.body,
                                             usable_traceparent(call.request.headers.traceparent),
                                             call.config.limits);
    if (!body) {
        body.error().write_to(call.response);
        co_return;
    }
    Transaction transaction;
    transaction.writes.assign(body->writes.begin(), body->writes.end());
    const auto outcome = co_await call.service.transact(std::move(transaction));
    if (outcome.error) {
        conflict_problem(body->writes, outcome).write_to(call.response);
        co_return;
    }
    write_answer(call.response, *body, outcome);
}

}  // namespace firn

// GET, PUT and DELETE /v1/subscriptions/{name}, GET /v1/subscriptions
#include "actors/identity/timestamp.hpp"
#include "actors/subscriptions/subscription_registry.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace firn {

namespace asio = boost::asio;

namespace {

// Positions that are looked at to find out how far behind a subscriber is: some milliseconds.
constexpr std::uint64_t lag_scan_max = 10'000;
// For all of a list.
constexpr std::uint64_t list_scan_max = 100'000;

void append_texts(std::string& out, const std::vector<std::string>& texts) {
    out.push_back('[');
    for (const auto& text : texts) {
        out.append(out.back() == '[' ? "" : ",");
        append_json_string(out, text);
    }
    out.push_back(']');
}

void append_subscription(std::string& out, const Subscription& subscription,
                         const SubscriptionLag& lag) {
    const auto [settings, checkpoint] = subscription.view();
    JsonObject object(out);
    object.text("name", subscription.name());
    append_texts(object.begin("category"), settings->categories);
    append_texts(object.begin("type"), settings->types);
    object.text("id_prefix", settings->id_prefix);
    append_subscription_start(object.begin("from"), *settings->from);
    object.flag("blocks_compaction", settings->blocks_compaction);
    object.add("checkpoint", checkpoint.value());
    write_rfc3339(object.begin("created_at").append("\""), subscription.created_at());
    out.push_back('"');
    JsonObject(object.begin("lag"))
        .add("events", lag.events)
        .flag("exact", lag.exact)
        .add("seconds", static_cast<std::uint64_t>(lag.age.count()))
        .end();
    object.end();
}

Problem problem_with(const std::string& name, const error_code& error) {
    if (error == actor_errc::start_is_fixed) {
        return bad_member("/from",
                          "The subscription began elsewhere, and its checkpoint only moves "
                          "forwards. Leave \"from\" out, or delete the subscription and make it "
                          "anew.");
    }
    if (error == actor_errc::position_past_head) {
        return bad_member("/from",
                          "There is no event at that position yet; \"end\" is the newest one's.");
    }
    return problem_of(error, "The subscription " + name);
}

bool write_subscription(const Call& call, const std::string& name) {
    const auto subscription = call.service.subscription(name);
    if (!subscription) {
        problem_with(name, actor_errc::subscription_not_found).write_to(call.response);
        return true;
    }
    const auto lag = subscription->lag(call.service.store(), lag_scan_max, now());
    if (!lag) {
        problem_with(name, lag.error()).write_to(call.response);
        return true;
    }
    call.response.content_type = content_types::json;
    append_subscription(call.response.body, *subscription, *lag);
    return true;
}

struct ListRequest {
    std::uint32_t limit = 0;
    std::string after;
};

Read<ListRequest> check(const Call& call) {
    const auto limit = limit_of(call);
    if (!limit) {
        return limit.error();
    }
    const auto cursor = parameter(call.request.target, "cursor").value_or(std::string_view{});
    if (!cursor.empty() && !is_valid_category(cursor)) {
        return bad_parameter("cursor", "\"cursor\" is not one that a page's \"next\" held.");
    }
    return ListRequest{*limit, std::string(cursor)};
}

}  // namespace

asio::awaitable<void> list_subscriptions(Call call) {
    const auto request = check(call);
    if (!request) {
        request.error().write_to(call.response);
        co_return;
    }
    auto list = call.service.subscriptions()->list(request->after, request->limit + std::size_t{1});
    const bool more = list.size() > request->limit;
    list.resize(std::min<std::size_t>(list.size(), request->limit));
    const auto at = now();
    auto left = list_scan_max;
    std::string body = "{\"subscriptions\":[";
    for (const auto& subscription : list) {
        const auto lag = subscription->lag(call.service.store(), std::min(left, lag_scan_max), at);
        if (!lag) {
            problem_with(subscription->name(), lag.error()).write_to(call.response);
            co_return;
        }
        body.append(body.back() == '[' ? "" : ",");
        append_subscription(body, *subscription, *lag);
        left -= std::min(left, lag->scanned);
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    }
    body.append("],\"next\":");
    if (more) {
        auto next = std::string("/v1/subscriptions?limit=");
        append_number(next, request->limit);
        next.append("&cursor=").append(list.back()->name());
        append_json_string(body, next);
        call.response.add_header("Link", "<" + next + ">; rel=\"next\"");
    } else {
        body.append("null");
    }
    call.response.content_type = content_types::json;
    call.response.body = std::move(body.append("}"));
}

bool read_subscription(const Call& call) {
    const auto name = subscription_of(call.request);
    if (!name) {
        name.error().write_to(call.response);
        return true;
    }
    return write_subscription(call, *name);
}

asio::awaitable<void> put_subscription(Call call) {
    const auto name = subscription_of(call.request);
    if (!name) {
        name.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_plain_write(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    auto settings = parse_subscription_settings(call.request.body);
    if (!settings) {
        malformed_body(settings.error()).write_to(call.response);
        co_return;
    }
    const auto outcome = co_await call.service.set_subscription(*name, std::move(*settings));
    if (outcome.error) {
        problem_with(*name, outcome.error).write_to(call.response);
        co_return;
    }
    call.response.status = outcome.created ? 201 : 200;
    write_subscription(call, *name);
}

asio::awaitable<void> delete_subscription(Call call) {
    const auto name = subscription_of(call.request);
    if (!name) {
        name.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_no_precondition(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto outcome = co_await call.service.delete_subscription(*name);
    if (outcome.error) {
        problem_with(*name, outcome.error).write_to(call.response);
        co_return;
    }
    call.response.status = 204;
}

}  // namespace firn

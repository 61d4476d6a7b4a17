// GET /v1/subscriptions/{name}/events, POST /v1/subscriptions/{name}/ack
#include "actors/json/scanner.hpp"
#include "actors/subscriptions/subscription_registry.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/feed_page.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/live_answer.hpp"
#include "service/routes/resources.hpp"

#include <limits>

namespace firn {

namespace asio = boost::asio;

namespace {

void write_page(const Call& call, const SubscriptionPage& page) {
    if (write_lines_if_asked(call, page.feed)) {
        return;
    }
    call.response.content_type = content_types::json;
    JsonObject answer(call.response.body);
    append_feed_events(answer.begin("events"), page.feed);
    answer.add("checkpoint", page.checkpoint.value()).add("head", page.feed.head.value()).end();
}

// {"position":n}
Read<Position> read_acknowledgement(std::string_view text) {
    std::optional<Position> position;
    JsonScanner in(text);
    if (!in.enter_object()) {
        in.refuse("An object is expected here.");
    }
    while (const auto name = in.next_member()) {
        const bool is_position = *name == "position";
        const auto number = as_uint64(in.take());
        if (!is_position) {
            in.refuse(unknown_member);
        } else if (!number || *number > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
            in.refuse("The position of the last event that was dealt with is expected here.");
        } else {
            position = Position{*number};
        }
    }
    if (!in.finish()) {
        return malformed_body(in.error());
    }
    if (!position) {
        return bad_member("", "\"position\" is missing: of the last event that was dealt with.");
    }
    return *position;
}

// From the checkpoint on, with the filters of now; a change of them is for those who come then.
void follow(const Call& call, const std::string& name) {
    const auto subscription = call.service.subscription(name);
    if (!subscription) {
        problem_of(actor_errc::subscription_not_found, "The subscription " + name)
            .write_to(call.response);
        return;
    }
    const auto view = subscription->view();
    FeedQuery query;
    query.after = view.checkpoint;
    query.categories = view.settings->categories;
    query.types = view.settings->types;
    query.id_prefix = view.settings->id_prefix;
    follow_feed(call, std::move(query), {"limit", "wait"});
}

}  // namespace

asio::awaitable<void> read_subscribed(Call call) {
    const auto name = subscription_of(call.request);
    if (!name) {
        name.error().write_to(call.response);
        co_return;
    }
    if (wants_live(call)) {
        follow(call, *name);
        co_return;
    }
    const auto bounds = feed_page_bounds_of(call);
    if (!bounds) {
        bounds.error().write_to(call.response);
        co_return;
    }
    const auto subject = "The subscription " + *name;
    const auto until = FeedClock::now() + bounds->wait;
    const auto scan_max = call.service.subscriptions()->limits().scan_max;
    for (;;) {
        // Looked up each time: it may change, go, or be made anew, while this waits.
        const auto subscription = call.service.subscription(*name);
        if (!subscription) {
            problem_of(actor_errc::subscription_not_found, subject).write_to(call.response);
            co_return;
        }
        const auto page = subscription->read(call.service.store(), bounds->limit,
                                             call.config.limits.page_bytes_max, scan_max);
        if (!page) {
            problem_of(page.error(), subject).write_to(call.response);
            co_return;
        }
        // A page without events says that there are none, so the time to wait is no reason to
        // stop looking; that the server stops is.
        if (page->must_look_on() && call.request.server_stops()) {
            problem_of(actor_errc::closed, subject).write_to(call.response);
            co_return;
        }
        if (!page->must_look_on() &&
            (!page->feed.events.empty() || has_waited_enough(call, until))) {
            write_page(call, *page);
            co_return;
        }
        co_await wait_to_look_on(call, page->feed.next_after, page->feed.head, until);
    }
}

asio::awaitable<void> acknowledge(Call call) {
    const auto name = subscription_of(call.request);
    if (!name) {
        name.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_plain_write(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto position = read_acknowledgement(call.request.body);
    if (!position) {
        position.error().write_to(call.response);
        co_return;
    }
    const auto outcome = co_await call.service.acknowledge(*name, *position);
    if (outcome.error == actor_errc::position_past_head) {
        bad_member("/position", "There is no event at that position yet.").write_to(call.response);
        co_return;
    }
    if (outcome.error) {
        problem_of(outcome.error, "The subscription " + *name).write_to(call.response);
        co_return;
    }
    call.response.content_type = content_types::json;
    JsonObject answer(call.response.body);
    answer.text("name", *name).add("checkpoint", outcome.checkpoint.value()).end();
}

}  // namespace firn

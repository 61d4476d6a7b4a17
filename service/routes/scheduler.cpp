// GET and PATCH /v1/scheduler
#include "actors/answer_of.hpp"
#include "actors/compaction/compaction_scheduler.hpp"
#include "actors/identity/timestamp.hpp"
#include "actors/json/scanner.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"

#include <cmath>

namespace firn {

namespace asio = boost::asio;

namespace {

result<void> aborted() {
    return make_error_code(actor_errc::closed);
}

void append_time(std::string& out, const std::optional<Timestamp>& time) {
    if (!time) {
        out.append("null");
        return;
    }
    write_rfc3339(out.append("\""), *time);
    out.push_back('"');
}

void write_status(const Call& call) {
    const auto status = call.service.scheduler()->status();
    call.response.content_type = content_types::json;
    auto& out = call.response.body;
    JsonObject all(out);
    all.flag("paused", status.paused)
        .flag("enabled", status.enabled)
        .add("running", status.running)
        .add("waiting", status.waiting);
    JsonObject(all.begin("saved"))
        .add("streams", status.streams)
        .add("events", status.events)
        .add("bytes", status.bytes)
        .end();
    all.add("events_per_second", static_cast<std::uint64_t>(std::lround(status.events_per_second)))
        .add("quarantined", call.service.compactions()->quarantine().size());
    append_time(all.begin("last_scan_at"), status.last_scan);
    append_time(all.begin("next_scan_at"), status.next_scan);
    all.begin("compactions").push_back('[');
    for (const auto& report : call.service.compactions()->running()) {
        out.append(out.back() == '[' ? "" : ",");
        append_report(out, *report);
    }
    out.push_back(']');
    all.end();
}

Read<bool> read_paused(const Call& call) {
    if (auto problem = check_plain_write(call.request)) {
        return *std::move(problem);
    }
    std::optional<bool> paused;
    JsonScanner in(call.request.body);
    if (!in.enter_object()) {
        in.refuse("An object is expected here.");
    }
    while (const auto name = in.next_member()) {
        const bool known = *name == "paused";
        const auto value = in.take();
        paused = as_bool(value);
        if (!in.failed() && (!known || !paused)) {
            in.refuse(known ? "\"paused\" is true or false." : unknown_member);
        }
    }
    if (!in.finish()) {
        return malformed_body(in.error());
    }
    if (!paused) {
        return Problem(Slug::bad_request, "The body states no \"paused\": true or false.");
    }
    return *paused;
}

}  // namespace

bool read_scheduler(const Call& call) {
    write_status(call);
    return true;
}

asio::awaitable<void> patch_scheduler(Call call) {
    const auto paused = read_paused(call);
    if (!paused) {
        paused.error().write_to(call.response);
        co_return;
    }
    const auto done = co_await answer_of<result<void>>(
        [](Reply<result<void>> reply, std::shared_ptr<CompactionScheduler> scheduler,
           std::shared_ptr<Compactions> compactions, bool pause) {
            const auto waiting = std::make_shared<Reply<result<void>>>(std::move(reply));
            scheduler->set_paused(pause, [compactions, waiting](error_code error) {
                compactions->post([waiting, error] {
                    std::move(*waiting).answer(error ? result<void>(error) : result<void>());
                });
            });
        },
        &aborted, call.service.scheduler(), call.service.compactions(), *paused);
    if (!done) {
        problem_of(done.error(), "The scheduler").write_to(call.response);
        co_return;
    }
    write_status(call);
}

}  // namespace firn

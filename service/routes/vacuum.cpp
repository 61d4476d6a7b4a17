// GET and POST /v1/vacuum
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"

namespace firn {

namespace asio = boost::asio;

namespace {

constexpr std::string_view phase_name(VacuumProgress::Phase phase) noexcept {
    switch (phase) {
        case VacuumProgress::Phase::copying: return "copying";
        case VacuumProgress::Phase::catching_up: return "catching_up";
        case VacuumProgress::Phase::done: return "done";
    }
    return "";
}

void append_progress(std::string& out, const VacuumProgress& progress) {
    JsonObject(out)
        .text("phase", phase_name(progress.phase))
        .add("items_copied", progress.items_copied)
        .add("items", progress.items)
        .add("bytes_before", progress.bytes_before)
        .add("bytes_after", progress.bytes_after)
        .end();
}

Problem vacuum_problem(const Call& call, const error_code& error) {
    if (error == storage_errc::already_running) {
        return {Slug::vacuum_running,
                "A vacuum is running already; GET /v1/vacuum says how far it is."};
    }
    const auto needs = call.service.vacuum_needs();
    if (error == storage_errc::disk_full && needs) {
        return {Slug::disk_full, "The copy needs " + std::to_string(needs->bytes_needed) +
                                     " bytes, and the disk has " +
                                     std::to_string(needs->bytes_available) +
                                     ". Nothing was changed."};
    }
    return problem_of(error, "The vacuum");
}

}  // namespace

bool read_vacuum(const Call& call) {
    const auto needs = call.service.vacuum_needs();
    if (!needs) {
        problem_of(needs.error(), "The vacuum").write_to(call.response);
        return true;
    }
    call.response.content_type = content_types::json;
    auto& out = call.response.body;
    JsonObject all(out);
    JsonObject(all.begin("needs"))
        .add("bytes_file", needs->bytes_file)
        .add("bytes_live", needs->bytes_live)
        .add("bytes_needed", needs->bytes_needed)
        .add("bytes_available", needs->bytes_available)
        .flag("has_room", needs->has_room())
        .end();
    if (const auto progress = call.service.vacuum_progress()) {
        append_progress(all.begin("running"), *progress);
    } else {
        all.begin("running").append("null");
    }
    all.end();
    return true;
}

asio::awaitable<void> run_vacuum(Call call) {
    if (const auto problem = check_no_precondition(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    if (!call.request.body.empty() && call.request.body != "{}") {
        Problem(Slug::bad_request, "A vacuum takes no options: send no body, or {}.")
            .write_to(call.response);
        co_return;
    }
    const auto done = co_await call.service.vacuum();
    if (!done) {
        vacuum_problem(call, done.error()).write_to(call.response);
        co_return;
    }
    call.response.content_type = content_types::json;
    append_progress(call.response.body, *done);
}

}  // namespace firn

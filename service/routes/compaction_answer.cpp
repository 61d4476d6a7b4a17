#include "service/routes/compaction_answer.hpp"

#include "service/http/json_text.hpp"
#include "service/http/percent.hpp"
#include "service/http/prefer.hpp"
#include "service/routes/json_body.hpp"

#include <algorithm>

namespace firn {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds wait_max{60};
// Long waits look up this often, to see whether the server stops.
constexpr std::chrono::milliseconds wait_slice{250};

bool is_over(const Compactions::AnyReport& report) {
    return std::visit([](const auto& held) { return held->is_over(); }, report);
}

bool waits_for_client(const Compactions::AnyReport& report) {
    return std::visit(
        [](const auto& held) { return held->status == CompactionStatus::awaiting_verification; },
        report);
}

std::string id_of(const Compactions::AnyReport& report) {
    return std::visit([](const auto& held) { return held->id; }, report);
}

}  // namespace

void append_any_report(std::string& out, const Compactions::AnyReport& report) {
    if (const auto* const one = std::get_if<Compactions::Report>(&report)) {
        append_report(out, **one);
    } else {
        append_run(out, *std::get<Compactions::Run>(report));
    }
}

std::string compaction_subject(std::string_view id) {
    std::string subject = "The compaction ";
    append_percent_encoded(subject, id);
    return subject;
}

std::optional<Problem> check_optional_body(const Request& request) {
    return request.body_format == BodyFormat::absent ? check_no_precondition(request)
                                                     : check_plain_write(request);
}

asio::awaitable<void> wait_for_compaction(Call call, std::string id,
                                          std::chrono::milliseconds at_most) {
    using Clock = std::chrono::steady_clock;
    const auto compactions = call.service.compactions();
    const auto until = Clock::now() + at_most;
    while (!call.request.server_stops()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        if (left <= std::chrono::milliseconds::zero()) {
            co_return;
        }
        co_await compactions->wait(id, std::min(left, wait_slice));
        const auto report = compactions->find(id);
        if (!report || is_over(*report) || waits_for_client(*report)) {
            co_return;
        }
    }
}

std::optional<std::chrono::seconds> wait_preferred_by(const Call& call) {
    auto wait = preferred_wait(call.request.headers.prefer.value_or(std::string_view{}));
    if (wait) {
        wait = std::min(*wait, wait_max);
        std::string applied = "wait=";
        append_number(applied, static_cast<std::uint64_t>(wait->count()));
        call.response.add_header("Preference-Applied", applied);
    }
    return wait;
}

asio::awaitable<void> answer_when_preferred(Call call, Compactions::AnyReport begun) {
    if (const auto wait = wait_preferred_by(call)) {
        const auto id = id_of(begun);
        co_await wait_for_compaction(call, id, *wait);
        if (auto now = call.service.compactions()->find(id)) {
            begun = *std::move(now);
        }
    }
    write_report(call, begun);
}

void write_report(const Call& call, const Compactions::AnyReport& report) {
    call.response.status = is_over(report) ? 200 : 202;
    call.response.content_type = content_types::json;
    append_any_report(call.response.body, report);
}

}  // namespace firn

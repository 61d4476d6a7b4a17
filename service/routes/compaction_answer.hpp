// What the calls about compactions share: waiting for one as the client prefers, and its report.
// Thread: the request's. Errors: Problem.
#pragma once

#include "actors/compaction/compactions.hpp"
#include "service/routes/call.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace firn {

void append_any_report(std::string& out, const Compactions::AnyReport& report);
// What it is about: "The compaction 0190…".
[[nodiscard]] std::string compaction_subject(std::string_view id);
// 400 unless the body, if there is one, is one JSON text, and no precondition is stated.
[[nodiscard]] std::optional<Problem> check_optional_body(const Request& request);

// Waits until it is over, waits for its client, or the time is up; less if the server stops.
boost::asio::awaitable<void> wait_for_compaction(Call call, std::string id,
                                                 std::chrono::milliseconds at_most);
// What `Prefer: wait` says, at most 60 s, and says in the response that it is heeded.
[[nodiscard]] std::optional<std::chrono::seconds> wait_preferred_by(const Call& call);
// Waits as is preferred. Then the report: 200 if it is over, else 202.
boost::asio::awaitable<void> answer_when_preferred(Call call, Compactions::AnyReport begun);
// The report as it is now: 200 if it is over, else 202.
void write_report(const Call& call, const Compactions::AnyReport& report);

}  // namespace firn

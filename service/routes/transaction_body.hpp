// The body of POST /v1/transactions: {"appends":[{"stream","expected_version","events"},…]}.
//
// Everything about the form is checked here, as for an append (append_body.hpp).
// Thread: plain function, no I/O (it is fuzzed). Errors: Problem, 400 or 413, with `pointer`.
#pragma once

#include "service/http/http_config.hpp"
#include "service/http/query_parameters.hpp"
#include "storage/event_store.hpp"

#include <string_view>
#include <vector>

namespace firn {

struct TransactionBody {
    std::vector<StreamWrite> writes;        // of different streams; one at least has events
    std::vector<std::vector<EventId>> ids;  // of each one's events
};

[[nodiscard]] Read<TransactionBody> parse_transaction_body(std::string_view body,
                                                           std::string_view traceparent,
                                                           const HttpConfig::Limits& limits);

}  // namespace firn

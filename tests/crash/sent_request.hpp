// What a client sent: an append to one stream, or several that are one transaction.
// Thread: plain values. Errors: none.
#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace firn::test {

struct SentEvent {
    EventId id{};
    std::string type;
    std::string data;
};

struct SentAppend {
    StreamName stream;
    std::optional<std::uint64_t> expected;  // none: any version
    std::vector<SentEvent> events;          // none: only looks at the version
};

struct SentRequest {
    std::string target;
    std::vector<SentAppend> appends;
};

struct Acknowledged {
    SentAppend sent;
    Version first_version;
    Position position;  // of the last event
};

}  // namespace firn::test

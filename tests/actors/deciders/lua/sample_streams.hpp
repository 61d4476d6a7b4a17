// Scripts with events to fold, for tests that compare whole folds.
// Thread: plain values. Errors: none.
#pragma once

#include <string>
#include <vector>

namespace firn::test {

struct SampleEvent {
    std::string type;
    std::string data;
};

struct SampleStream {
    const char* name;
    const char* source;
    std::vector<SampleEvent> events;
};

[[nodiscard]] std::vector<SampleStream> sample_streams();

// What a file of a version control's history adds up to.
extern const char* const file_history_script;
// An account that may not be overdrawn.
extern const char* const account_script;

}  // namespace firn::test

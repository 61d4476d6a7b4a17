// What the bodies about compactions ask for.
// Thread: plain functions, no I/O. Errors: Problem (400 with `pointer`).
#pragma once

#include "actors/compaction/compaction_options.hpp"
#include "service/http/query_parameters.hpp"

#include <string>
#include <string_view>

namespace firn {

// {"keep_last", "up_to_version", "dry_run"}, each optional; no body is as good as {}.
[[nodiscard]] Read<CompactionOptions> parse_compaction_body(std::string_view text);

// The same of many streams, with one of {"category"} and {"all": true}.
struct CompactionRunBody {
    std::string category;  // empty: all
    CompactionOptions options;
};
[[nodiscard]] Read<CompactionRunBody> parse_compaction_run_body(std::string_view text);

// {"state_hash"}
[[nodiscard]] Read<Hash> parse_verification_body(std::string_view text);

}  // namespace firn

// Which folder may include what: service -> actors -> storage, and each outside part where it
// belongs. The rules are a table, so that a test can plant a violation and see it found.
// Thread: plain functions. Errors: files that cannot be read throw std::runtime_error.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace firn::architecture {

struct Violation {
    std::string file;  // relative to the root
    std::string include;
    std::string reason;
};

// The headers that a source text includes, as written between the quotes or brackets.
[[nodiscard]] std::vector<std::string> includes_of(std::string_view source);

// What is wrong with the includes of one file; `file` is relative to the root.
[[nodiscard]] std::vector<Violation> violations_in(std::string_view file, std::string_view source);

// All violations of all sources below the layers' folders.
[[nodiscard]] std::vector<Violation> violations_below(const std::filesystem::path& root);

}  // namespace firn::architecture

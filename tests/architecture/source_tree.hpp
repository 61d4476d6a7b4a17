// The project's own files, as the architecture tests walk them.
// Thread: plain functions. Errors: std::filesystem_error, or std::runtime_error naming the file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace firn::architecture {

// Where this tree was configured from.
[[nodiscard]] std::filesystem::path source_root();

// All files below the root, relative to it and sorted, without what is built or hidden from
// version control (build directories, data directories, .git).
[[nodiscard]] std::vector<std::string> files_below(const std::filesystem::path& root);

[[nodiscard]] bool is_cpp_source(std::string_view file);

[[nodiscard]] std::string text_of(const std::filesystem::path& file);

}  // namespace firn::architecture

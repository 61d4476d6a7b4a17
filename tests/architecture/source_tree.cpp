#include "tests/architecture/source_tree.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace firn::architecture {
namespace {

constexpr std::array<std::string_view, 4> foreign_folders{"build", "firn-data", ".git", ".cache"};

}  // namespace

std::filesystem::path source_root() {
    return FIRN_SOURCE_DIR;
}

std::vector<std::string> files_below(const std::filesystem::path& root) {
    std::vector<std::string> files;
    std::filesystem::recursive_directory_iterator entry(root);
    for (; entry != std::filesystem::end(entry); ++entry) {
        const auto name = entry->path().filename().string();
        if (entry->is_directory() && std::ranges::count(foreign_folders, name) > 0) {
            entry.disable_recursion_pending();
        } else if (entry->is_regular_file()) {
            files.push_back(entry->path().lexically_relative(root).generic_string());
        }
    }
    std::ranges::sort(files);
    return files;
}

bool is_cpp_source(std::string_view file) {
    return file.ends_with(".hpp") || file.ends_with(".cpp");
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        throw std::runtime_error("cannot read " + file.string());
    }
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace firn::architecture

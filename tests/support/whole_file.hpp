// A file's bytes at once, for tests.
// Thread: any. Errors: a file that cannot be read is empty; of a write that fails nothing is said.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace firn::test {

// In one read: a journal has many megabytes of them, and sanitizers look at each call.
[[nodiscard]] inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    const auto size = in.tellg();
    std::string text(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    in.seekg(0);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

inline void write_text(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace firn::test

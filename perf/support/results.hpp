// What a benchmark measured, as it was measured: each round's number, in a file of JSON.
// Thread: one. Errors: fail() if the file cannot be written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace firn::perf {

class Results {
public:
    // `machine`: as machine() says.
    Results(std::string_view benchmark, std::string_view machine);

    // `of`: what the number depends on, "group" 16 say; empty: nothing.
    void add(std::string_view what, std::string_view of, std::uint64_t at, std::string_view unit,
             const std::vector<double>& rounds);
    void write(const std::filesystem::path& file) const;

private:
    std::string head_;
    std::vector<std::string> rows_;
};

}  // namespace firn::perf

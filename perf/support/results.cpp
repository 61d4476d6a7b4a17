#include "perf/support/results.hpp"

#include "perf/support/measure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>

namespace firn::perf {

namespace {

std::string quoted(std::string_view text) {
    check(text.find_first_of("\"\\") == text.npos, "a name in the results needs escapes");
    return fmt::format("\"{}\"", text);
}

}  // namespace

Results::Results(std::string_view benchmark, std::string_view machine)
    : head_(fmt::format("\"benchmark\":{},\"machine\":{}", quoted(benchmark), quoted(machine))) {}

void Results::add(std::string_view what, std::string_view of, std::uint64_t at,
                  std::string_view unit, const std::vector<double>& rounds) {
    const auto depends = of.empty() ? "" : fmt::format("{}:{},", quoted(of), at);
    rows_.push_back(fmt::format("{{\"what\":{},{}\"unit\":{},\"median\":{},\"rounds\":[{}]}}",
                                quoted(what), depends, quoted(unit), median(rounds),
                                fmt::join(rounds, ",")));
}

void Results::write(const std::filesystem::path& file) const {
    std::ofstream out(file);
    out << fmt::format("{{{},\"results\":[\n{}\n]}}\n", head_, fmt::join(rows_, ",\n"));
    out.flush();
    check(out.good(), "the results " + file.string() + " cannot be written");
}

}  // namespace firn::perf

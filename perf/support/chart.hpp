// A line chart as SVG: both axes logarithmic, a line a series, a legend.
// Thread: one. Errors: fail() if the file cannot be written.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace firn::perf {

struct Series {
    std::string name;
    std::vector<std::pair<double, double>> points;  // positive
};

struct Chart {
    std::string title;
    std::string x;  // what the axes mean, with units
    std::string y;
    std::vector<Series> series;
};

void write_chart(const std::filesystem::path& file, const Chart& chart);

}  // namespace firn::perf

#include "perf/support/chart.hpp"

#include "perf/support/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace firn::perf {

namespace {

// In SVG units.
constexpr double width = 760;
constexpr double height = 440;
constexpr double left = 80;
constexpr double right = 200;  // room for the legend
constexpr double top = 50;
constexpr double bottom = 60;

// Told apart with and without seeing colours: the order goes from dark to light.
constexpr std::array<const char*, 8> colours{"#1b3a6b", "#b3441e", "#2e7d4f", "#8a4fa3",
                                             "#c79a1e", "#4f9bc4", "#7a7a7a", "#d98b8b"};

// From one power of ten to another.
struct Axis {
    double from = 0;
    double to = 1;

    void include(double value) {
        from = std::min(from, std::floor(std::log10(value)));
        to = std::max(to, std::ceil(std::log10(value)));
    }
    [[nodiscard]] double share(double value) const {
        return (std::log10(value) - from) / (to - from);
    }
};

std::string power(double exponent) {
    const auto value = std::pow(10, exponent);
    if (exponent >= 6) {
        return fmt::format("{:g}M", value / 1e6);
    }
    return exponent >= 3 ? fmt::format("{:g}k", value / 1e3) : fmt::format("{:g}", value);
}

double x_of(const Axis& axis, double value) {
    return left + axis.share(value) * (width - left - right);
}
double y_of(const Axis& axis, double value) {
    return height - bottom - axis.share(value) * (height - top - bottom);
}

std::string grid(const Axis& x, const Axis& y) {
    std::string out;
    for (double e = x.from; e <= x.to; ++e) {
        const auto at = x_of(x, std::pow(10, e));
        out += fmt::format(
            "<line class=\"grid\" x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\"/>"
            "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
            at, top, height - bottom, height - bottom + 18, power(e));
    }
    for (double e = y.from; e <= y.to; ++e) {
        const auto at = y_of(y, std::pow(10, e));
        out += fmt::format(
            "<line class=\"grid\" x1=\"{1}\" y1=\"{0:.1f}\" x2=\"{2}\" y2=\"{0:.1f}\"/>"
            "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
            at, left, width - right, left - 8, at + 4, power(e));
    }
    return out;
}

std::string line(const Series& series, const char* colour, const Axis& x, const Axis& y) {
    std::string points;
    std::string dots;
    for (const auto& [at, value] : series.points) {
        points += fmt::format("{:.1f},{:.1f} ", x_of(x, at), y_of(y, value));
        dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>",
                            x_of(x, at), y_of(y, value), colour);
    }
    return fmt::format(
        "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" points=\"{}\"/>{}\n", colour,
        points, dots);
}

}  // namespace

void write_chart(const std::filesystem::path& file, const Chart& chart) {
    Axis x{1e9, -1e9};
    Axis y{1e9, -1e9};
    for (const auto& series : chart.series) {
        for (const auto& [at, value] : series.points) {
            x.include(at);
            y.include(value);
        }
    }
    std::error_code ignored;  // writing says what is wrong
    std::filesystem::create_directories(file.parent_path(), ignored);
    std::ofstream out(file);
    out << fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" role=\"img\" "
        "aria-label=\"{2}\">\n"
        "<style>text{{font:12px sans-serif;fill:#222}}.title{{font-size:15px;font-weight:bold}}"
        ".grid{{stroke:#ddd}}</style>\n<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n"
        "<text class=\"title\" x=\"{3}\" y=\"26\">{2}</text>\n",
        width, height, chart.title, left);
    out << grid(x, y);
    for (std::size_t i = 0; i != chart.series.size(); ++i) {
        const auto* const colour = colours[i % colours.size()];
        const auto row = top + 8 + 20 * static_cast<double>(i);
        out << line(chart.series[i], colour, x, y);
        out << fmt::format(
            "<rect x=\"{0}\" y=\"{1}\" width=\"14\" height=\"4\" fill=\"{2}\"/>"
            "<text x=\"{3}\" y=\"{4}\">{5}</text>\n",
            width - right + 16, row, colour, width - right + 36, row + 6, chart.series[i].name);
    }
    out << fmt::format(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n"
        "<text transform=\"translate(20,{}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n"
        "</svg>\n",
        left + (width - left - right) / 2, height - 14, chart.x, top + (height - top - bottom) / 2,
        chart.y);
    check(out.good(), "the chart " + file.string() + " cannot be written");
}

}  // namespace firn::perf

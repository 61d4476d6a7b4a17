// What every benchmark here needs: medians, the machine's description, disk counters, a table row.
// Thread: one. Errors: a benchmark whose work was wrong calls fail(), which ends it with status 1.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace firn::perf {

[[noreturn]] void fail(const std::string& sentence);
inline void check(bool holds, const std::string& sentence) {
    if (!holds) {
        fail(sentence);
    }
}

[[nodiscard]] double median(std::vector<double> values);
// Of a share such as 0.99; reorders them. 0 if there are none.
[[nodiscard]] double quantile(std::vector<float>& values, double share);
// "2026-11-23, 2 x AMD EPYC, Linux 6.1, ext4"
[[nodiscard]] std::string machine(const std::filesystem::path& disk);

[[nodiscard]] double seconds(const std::function<void()>& work);
// CPU time of this process so far, all threads.
[[nodiscard]] double cpu_seconds();

// Bytes written to the disk that holds this path, by /proc/diskstats (unit: bytes since boot).
// /proc/self/io is no substitute: it over-counts on ext4 with large folios.
[[nodiscard]] std::uint64_t disk_bytes_written(const std::filesystem::path& disk);

// The files in it are read from the disk the next time; nobody may have them mapped.
void drop_from_cache(const std::filesystem::path& directory);

// Anonymous memory of this process, or of another one.
[[nodiscard]] std::uint64_t anonymous_bytes(long pid = 0);
// Of files that it maps, its program among them: what lies in memory now.
[[nodiscard]] std::uint64_t mapped_files_bytes(long pid = 0);

// --smoke: tiny sizes, for ctest. --data DIR: where to work (default: under the system's /tmp).
struct Options {
    bool smoke = false;
    std::filesystem::path data;
    std::vector<std::string> rest;

    // What follows this name in the rest; empty if it is not there.
    [[nodiscard]] std::string value(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;
};
[[nodiscard]] Options options(int argc, char** argv);

// A directory that goes away with it.
class WorkDirectory {
public:
    explicit WorkDirectory(const Options& options, std::string_view name);
    ~WorkDirectory();
    WorkDirectory(const WorkDirectory&) = delete;
    WorkDirectory& operator=(const WorkDirectory&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace firn::perf

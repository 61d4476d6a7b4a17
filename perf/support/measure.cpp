#include "perf/support/measure.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>

namespace firn::perf {

namespace {

std::string cpu_model() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("model name")) {
            return line.substr(line.find(':') + 2);
        }
    }
    return "unknown processor";
}

std::string file_system(const std::filesystem::path& disk) {
    struct statfs facts = {};
    ::statfs(disk.c_str(), &facts);
    switch (static_cast<unsigned long>(facts.f_type)) {
        case 0xEF53: return "ext4";
        case 0x58465342: return "xfs";
        case 0x9123683E: return "btrfs";
        case 0x01021994: return "tmpfs";
        default: return fmt::format("file system {:#x}", facts.f_type);
    }
}

}  // namespace

void fail(const std::string& sentence) {
    fmt::print(stderr, "the work was wrong: {}\n", sentence);
    std::exit(1);
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const auto half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double quantile(std::vector<float>& values, double share) {
    if (values.empty()) {
        return 0;
    }
    const auto at = values.begin() +
                    static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, at);
    return *at;
}

std::string machine(const std::filesystem::path& disk) {
    struct utsname kernel = {};
    ::uname(&kernel);
    return fmt::format(
        "{:%Y-%m-%d}, {} x {}, Linux {}, {}", fmt::gmtime(std::chrono::system_clock::now()),
        std::thread::hardware_concurrency(), cpu_model(), kernel.release, file_system(disk));
}

double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double cpu_seconds() {
    struct timespec spent = {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

std::uint64_t disk_bytes_written(const std::filesystem::path& disk) {
    struct stat facts = {};
    check(::stat(disk.c_str(), &facts) == 0, "cannot look at " + disk.string());
    std::ifstream in("/proc/diskstats");
    for (std::string line; std::getline(in, line);) {
        std::istringstream fields(line);
        unsigned long major_number = 0;
        unsigned long minor_number = 0;
        std::string name;
        std::uint64_t reads = 0;
        std::uint64_t reads_merged = 0;
        std::uint64_t sectors_read = 0;
        std::uint64_t read_ms = 0;
        std::uint64_t writes = 0;
        std::uint64_t writes_merged = 0;
        std::uint64_t sectors_written = 0;
        fields >> major_number >> minor_number >> name >> reads >> reads_merged >> sectors_read >>
            read_ms >> writes >> writes_merged >> sectors_written;
        if (major_number == major(facts.st_dev) && minor_number == minor(facts.st_dev)) {
            return sectors_written * 512;
        }
    }
    return 0;
}

void drop_from_cache(const std::filesystem::path& directory) {
    ::sync();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        if (!entry.is_regular_file()) {
            continue;
        }
        const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
        check(file >= 0, "a store's file cannot be opened");
        ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        ::close(file);
    }
}

namespace {

// proc(5): /proc/pid/status; 0 is this process.
std::uint64_t status_bytes(std::string_view name, long pid) {
    std::ifstream in(pid == 0 ? "/proc/self/status" : fmt::format("/proc/{}/status", pid));
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(name)) {
            return std::stoull(line.substr(name.size())) * 1024;
        }
    }
    return 0;
}

}  // namespace

std::uint64_t anonymous_bytes(long pid) {
    return status_bytes("RssAnon:", pid);
}
std::uint64_t mapped_files_bytes(long pid) {
    return status_bytes("RssFile:", pid);
}

Options options(int argc, char** argv) {
    Options parsed;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--smoke") {
            parsed.smoke = true;
        } else if (argument == "--data" && i + 1 < argc) {
            parsed.data = argv[++i];
        } else {
            parsed.rest.emplace_back(argument);
        }
    }
    if (parsed.data.empty()) {
        parsed.data = std::filesystem::temp_directory_path();
    }
    return parsed;
}

std::string Options::value(std::string_view name) const {
    const auto at = std::ranges::find(rest, name);
    return at == rest.end() || at + 1 == rest.end() ? std::string() : *(at + 1);
}

bool Options::has(std::string_view name) const {
    return std::ranges::find(rest, name) != rest.end();
}

WorkDirectory::WorkDirectory(const Options& options, std::string_view name)
    : path_(options.data / fmt::format("firn-{}-{}", name, ::getpid())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
}

WorkDirectory::~WorkDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace firn::perf

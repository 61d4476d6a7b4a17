#include "storage/journaled/directory.hpp"

#include "storage/lmdb/store_record.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <charconv>
#include <random>
#include <sstream>
#include <string_view>
#include <vector>

namespace firn {

namespace {

namespace fs = std::filesystem;
using Cause = StorageFailure::Cause;

constexpr const char* first_file = "events-1.mdb";
constexpr std::string_view file_start = "events-";
constexpr std::string_view file_end = ".mdb";
constexpr const char* lock_end = "-lock";  // LMDB's reader table

[[noreturn]] void fail(Cause cause, const std::string& sentence) {
    throw StorageFailure(cause, sentence);
}

[[noreturn]] void fail_to_write(const fs::path& path, const error_code& error) {
    if (classify(error) == storage_errc::disk_full) {
        fail(Cause::no_room,
             fmt::format("no room to write {}: free some space on that disk", path.string()));
    }
    fail(Cause::not_writable,
         fmt::format("cannot write {}: {}; check who owns the directory and its permissions",
                     path.string(), error.message()));
}

bool is_events_file(const std::string& name) {
    return name.starts_with(file_start) && name.ends_with(file_end) &&
           name.find('/') == std::string::npos;
}

std::uint64_t random_number() {
    std::random_device source;
    return (std::uint64_t{source()} << 32) | source();
}

}  // namespace

StoreDirectory::StoreDirectory(fs::path path) : path_(std::move(path)) {
    std::error_code error;
    fs::create_directories(path_, error);
    if (error) {
        fail_to_write(path_, error);
    }
    lock();
    if (fs::exists(path_ / "FORMAT")) {
        read_format();
        read_current();
    } else {
        make_store();
    }
    fs::create_directories(journal(), error);
    if (error) {
        fail_to_write(journal(), error);
    }
}

StoreDirectory::StoreDirectory(fs::path path, MustExist) : path_(std::move(path)) {
    if (!fs::exists(path_ / "FORMAT")) {
        fail(Cause::damaged,
             fmt::format("{} is not a Firn store: it has no FORMAT file", path_.string()));
    }
    lock();
    read_format();
    read_current();
}

void StoreDirectory::lock() {
    auto opened = File::open(path_ / "LOCK", O_RDWR | O_CREAT);
    if (!opened) {
        fail_to_write(path_ / "LOCK", opened.error());
    }
    lock_ = std::move(*opened);
    if (::flock(lock_.fd(), LOCK_EX | LOCK_NB) != 0) {
        char text[32] = {};
        const auto got = lock_.read_at(text, sizeof(text) - 1, 0);
        std::string owner(text, got ? *got : 0);
        owner.erase(owner.find_last_not_of("\n ") + 1);
        fail(Cause::in_use,
             fmt::format("{} is in use by another process (pid {}); stop it, or use another "
                         "directory",
                         path_.string(), owner.empty() ? "unknown" : owner));
    }
    const auto pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lock_.fd(), 0) != 0) {
        fail_to_write(path_ / "LOCK", {errno, boost::system::system_category()});
    }
    if (const auto error = lock_.write_at(pid, 0)) {
        fail_to_write(path_ / "LOCK", error);
    }
}

void StoreDirectory::read_format() {
    const auto text = read_small_file(path_ / "FORMAT");
    if (!text) {
        fail(Cause::system, fmt::format("cannot read {}: {}", (path_ / "FORMAT").string(),
                                        text.error().message()));
    }
    std::istringstream in(*text);
    std::string name;
    std::uint32_t format = 0;
    std::string store;
    in >> name >> format >> store;
    const auto parsed = std::from_chars(store.data(), store.data() + store.size(), store_, 16);
    if (!in || name != "firn" || parsed.ec != std::errc{}) {
        fail(Cause::damaged, fmt::format("{} is damaged: it should read 'firn <format> <store>'",
                                         (path_ / "FORMAT").string()));
    }
    format_ = format;
    if (format < lmdb::format_oldest) {
        fail(Cause::older_format,
             fmt::format("{} has format {}, which only unreleased versions of Firn wrote; this "
                         "program knows formats {} to {}: name another directory and import the "
                         "events into it",
                         path_.string(), format, lmdb::format_oldest, lmdb::format_version));
    }
    if (format > lmdb::format_version) {
        fail(Cause::newer_format,
             fmt::format("{} was written by a newer Firn (format {}, this program knows up to {}); "
                         "use that version",
                         path_.string(), format, lmdb::format_version));
    }
}

void StoreDirectory::make_store() {
    for (const auto& file : fs::directory_iterator(path_)) {
        const auto name = file.path().filename().string();
        if (name != "LOCK" && !name.ends_with(".new") && name != "CURRENT" && name != "journal" &&
            !name.starts_with(file_start)) {
            fail(Cause::damaged,
                 fmt::format("{} is neither empty nor a Firn store (it holds '{}'); name another "
                             "directory",
                             path_.string(), name));
        }
        if (is_events_file(name)) {
            fail(Cause::damaged, fmt::format("{} holds events but its FORMAT file is missing; "
                                             "restore it from a copy",
                                             path_.string()));
        }
    }
    store_ = random_number();
    current_ = first_file;
    if (const auto error = write_small_file(path_ / "CURRENT", current_ + "\n")) {
        fail_to_write(path_ / "CURRENT", error);
    }
    // Last, so that a directory with a FORMAT is whole.
    if (const auto error = write_format()) {
        fail_to_write(path_ / "FORMAT", error);
    }
}

error_code StoreDirectory::write_format() {
    const auto text = fmt::format("firn {} {:016x}\n", lmdb::format_version, store_);
    const auto error = write_small_file(path_ / "FORMAT", text);
    if (!error) {
        format_ = lmdb::format_version;
    }
    return error;
}

// LMDB begins a file with two pages that hold no events. A crash that tore them would leave a file
// that it refuses for ever.
void StoreDirectory::remove_half_made_file() {
    std::error_code error;
    const auto bytes = fs::file_size(current_file(), error);
    const auto empty_bytes = 2 * static_cast<std::uintmax_t>(::sysconf(_SC_PAGESIZE));
    if (!error && bytes <= empty_bytes && (!fs::exists(journal()) || fs::is_empty(journal()))) {
        fs::remove(current_file(), error);
    }
}

void StoreDirectory::read_current() {
    const auto text = read_small_file(path_ / "CURRENT");
    if (text) {
        current_ = text->substr(0, text->find('\n'));
    }
    if (!text || !is_events_file(current_)) {
        fail(Cause::damaged,
             fmt::format("{} is missing or damaged: it should name the events-*.mdb file in use",
                         (path_ / "CURRENT").string()));
    }
    remove_half_made_file();
    // The journal is made after the file, so an empty one in its place would lose events.
    if (!fs::exists(current_file()) && fs::exists(journal()) && !fs::is_empty(journal())) {
        fail(Cause::damaged, fmt::format("{} is missing; restore the directory from a copy",
                                         current_file().string()));
    }
}

std::string StoreDirectory::next_file() const {
    std::uint64_t number = 1;
    std::from_chars(current_.data() + file_start.size(), current_.data() + current_.size(), number);
    return fmt::format("{}{}{}", file_start, number + 1, file_end);
}

error_code StoreDirectory::write_current(const std::string& file) const noexcept {
    try {
        return write_small_file(path_ / "CURRENT", file + "\n");
    } catch (const std::bad_alloc&) {
        return {ENOMEM, boost::system::system_category()};
    }
}

bool StoreDirectory::names_current() const noexcept {
    try {
        const auto text = read_small_file(path_ / "CURRENT");
        return text && *text == current_ + "\n";
    } catch (const std::bad_alloc&) {
        return false;
    }
}

error_code StoreDirectory::make_current(std::string file) {
    // First, so that no program that does not know the format ever finds the file.
    if (format_ < lmdb::format_version) {
        if (const auto error = write_format()) {
            return error;
        }
    }
    current_.swap(file);
    const auto error = write_current(current_);
    if (error) {
        current_.swap(file);
        // It may have been renamed without being durable.
        unsure_ = !names_current();
        if (unsure_) {
            (void)name_again();
        }
    }
    return error;
}

error_code StoreDirectory::name_again() {
    const auto error = write_current(current_);
    unsure_ = unsure_ && error;
    return error;
}

void StoreDirectory::remove_file(const std::string& file) const noexcept {
    std::error_code error;
    try {
        fs::remove(path_ / file, error);
        fs::remove(path_ / (file + lock_end), error);
    } catch (const std::bad_alloc&) {
        // It is a leftover when the store is opened next.
    }
}

void StoreDirectory::remove_leftovers() const {
    std::vector<std::string> others;
    for (const auto& file : fs::directory_iterator(path_)) {
        auto name = file.path().filename().string();
        if (name.ends_with(lock_end)) {
            name.erase(name.size() - std::string_view(lock_end).size());
        }
        if (is_events_file(name) && name != current_) {
            others.push_back(name);
        }
    }
    for (const auto& file : others) {
        remove_file(file);
    }
}

}  // namespace firn

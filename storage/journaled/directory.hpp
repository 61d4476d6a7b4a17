// The store's directory: who may use it, which format it has, which file is current.
//
//   LOCK      held by the one process that has the store open; its number stands in it
//   FORMAT    "firn <format> <store>\n": checked before anything else is read
//   CURRENT   the name of the LMDB file in use
//   journal/  the segments
// Thread: one at a time. Errors: StorageFailure with a sentence for a person.
#pragma once

#include "storage/file.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace firn {

class StoreDirectory {
public:
    // Makes the directory if it is not there, takes the lock, checks the format.
    explicit StoreDirectory(std::filesystem::path path);
    // For looking only: the directory must be a store; nothing is written but the lock is taken.
    struct MustExist {};
    StoreDirectory(std::filesystem::path path, MustExist);

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path journal() const { return path_ / "journal"; }
    [[nodiscard]] std::filesystem::path current_file() const { return path_ / current_; }
    // What FORMAT says, which is at least what the LMDB file says.
    [[nodiscard]] std::uint32_t format() const noexcept { return format_; }
    // The name that the next LMDB file gets.
    [[nodiscard]] std::string next_file() const;
    // Durably names another LMDB file, which has the newest format, as the one in use. After an
    // error it is the one before; but where is_unsure(), a crash may leave either named, and so
    // both must stay as they are until name_again() succeeds.
    [[nodiscard]] error_code make_current(std::string file);
    [[nodiscard]] bool is_unsure() const noexcept { return unsure_; }
    [[nodiscard]] error_code name_again();
    // Removes an LMDB file and its reader table, where they are.
    void remove_file(const std::string& file) const noexcept;
    // Removes every LMDB file but the one in use: what an interrupted vacuum left.
    void remove_leftovers() const;
    // A random number made with the store, which its parts carry.
    [[nodiscard]] std::uint64_t store() const noexcept { return store_; }

private:
    void lock();
    void read_format();
    void make_store();
    void read_current();
    void remove_half_made_file();
    [[nodiscard]] error_code write_format();
    [[nodiscard]] error_code write_current(const std::string& file) const noexcept;
    [[nodiscard]] bool names_current() const noexcept;

    std::filesystem::path path_;
    File lock_;
    std::uint64_t store_ = 0;
    std::uint32_t format_ = 0;
    std::string current_;
    bool unsure_ = false;
};

}  // namespace firn

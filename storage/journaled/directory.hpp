// The store's directory: who may use it, which format it has, which file is current.
//
//   LOCK      held by the one process that has the store open; its number stands in it
//   FORMAT    "firn <format> <store>\n": checked before anything else is read
//   CURRENT   the name of the LMDB file in use
//   journal/  the segments
// Thread: one. Errors: StorageFailure with a sentence for a person.
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
    // A random number made with the store, which its parts carry.
    [[nodiscard]] std::uint64_t store() const noexcept { return store_; }

private:
    void lock();
    void read_format();
    void make_store();
    void read_current();
    void remove_half_made_file();

    std::filesystem::path path_;
    File lock_;
    std::uint64_t store_ = 0;
    std::string current_;
};

}  // namespace firn

// Copies what lives in one file into another, record by record in key order, so that pages are
// filled, while the first one is written to.
//
//   1. copy      slices, each within one short read transaction: a long one would keep pages from
//                being used again, and the file that is to shrink would grow
//   2. catch up  rounds over the keys that were touched behind the copy's back, until few are left
//   3. the last round, when nothing is written any more
// Keys that were touched ahead of the copy need no second look: it comes by later.
//
// Thread: one at a time, beside the writer of `from`; nobody else uses `to`.
// Errors: LmdbError, CorruptRecord; after one the copy is of no use.
#pragma once

#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/live_records.hpp"
#include "storage/lmdb/touched_keys.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace firn::lmdb {

class LiveCopy {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    // `touched` has been noting the keys written to `from` since before this.
    LiveCopy(const Environment& from, Environment& to, TouchedKeys& touched);

    [[nodiscard]] bool is_copied() const noexcept { return place_.table == table_count; }
    // One slice, until the deadline or until it is large enough; at least one record.
    void copy_slice(Deadline deadline);
    // Looks again at keys that were touched, until the deadline; at least at some.
    void catch_up(Deadline deadline);
    // About how many are left; and how many of those that it has taken note of.
    [[nodiscard]] std::size_t keys_waiting() const;
    [[nodiscard]] std::size_t keys_behind() const noexcept { return waiting_.size(); }

    [[nodiscard]] std::uint64_t records() const noexcept { return records_; }
    // Written since it was last asked.
    [[nodiscard]] std::uint64_t take_bytes() noexcept { return std::exchange(bytes_, 0); }

private:
    // How far it came: `key` of the table is the last that was copied.
    struct Place {
        std::size_t table = 0;  // an index into the order of tables
        std::string key;
    };
    class Slice;

    // Once more with a larger map where the map is full.
    void growing(const std::function<void()>& step);
    void look_again(std::size_t first, std::size_t last);
    // Takes what was touched behind place_.
    void take_touched();

    const Environment& from_;
    Environment& to_;
    TouchedKeys& touched_;
    Place place_;
    std::vector<TouchedKey> waiting_;
    std::uint64_t records_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace firn::lmdb

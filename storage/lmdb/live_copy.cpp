#include "storage/lmdb/live_copy.hpp"

#include "storage/lmdb/deletion.hpp"
#include "storage/lmdb/keys.hpp"

#include <algorithm>
#include <utility>

namespace firn::lmdb {

namespace {

// What a transaction of ours may hold in memory before it is written.
constexpr std::uint64_t slice_bytes_max = 4u << 20;
constexpr std::size_t keys_at_once = 2048;

// Garbage comes last: what of it is left is seen in the copy of the other tables.
constexpr std::array<Table, table_count> copy_order = {
    Table::meta,      Table::names,   Table::streams,   Table::chunks,
    Table::positions, Table::ids,     Table::markers,   Table::labels,
    Table::snapshots, Table::anchors, Table::documents, Table::garbage};

std::size_t place_of(Table table) noexcept {
    return static_cast<std::size_t>(std::ranges::find(copy_order, table) - copy_order.begin());
}

}  // namespace

// One read transaction on one side, one that writes on the other.
class LiveCopy::Slice {
public:
    explicit Slice(const LiveCopy& copy)
        : is_copied_(copy.is_copied()),
          target_(copy.to_.write()),
          source_(copy.from_.read()),
          live_(source_) {}

    // Copies from behind `place` on; `place` moves along.
    void copy(Place& place, Deadline deadline) {
        do {
            const auto table = copy_order[place.table];
            Cursor cursor(source_, table);
            bool found = place.key.empty() ? cursor.first() : cursor.seek(place.key);
            if (found && cursor.key() == place.key) {
                found = cursor.next();
            }
            for (; found; found = cursor.next()) {
                if (const auto part = part_of(table, cursor.key(), cursor.value())) {
                    target_.append(table, cursor.key(), *part);
                    bytes_ += cursor.key().size() + part->size();
                }
                ++records_;
                if (bytes_ >= slice_bytes_max || is_late(deadline)) {
                    place.key = cursor.key();
                    return;
                }
            }
            place = {place.table + 1, {}};
        } while (place.table < table_count && !is_late(deadline));
    }

    void look_again(const TouchedKey& touched) {
        const auto& [table, key] = touched;
        const auto record = source_.get(table, key);
        const auto part = record ? part_of(table, key, *record) : std::nullopt;
        if (!part) {
            target_.erase(table, key);
            return;
        }
        target_.put(table, key, *part);
        bytes_ += key.size() + part->size();
        // An entry that was left behind when there was nothing to remove would be missed now.
        if (is_copied_ && table == Table::chunks && live_.is_straddling_chunk(key)) {
            look_again({Table::garbage, key.substr(0, 8)});
        }
    }

    void commit() { target_.commit(); }
    [[nodiscard]] std::uint64_t records() const noexcept { return records_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

private:
    std::optional<std::string_view> part_of(Table table, std::string_view key,
                                            std::string_view record) {
        if (table == Table::garbage &&
            !has_garbage(target_, StreamNumber{key_number(key, 0)}, record)) {
            return std::nullopt;
        }
        return live_.part(table, key, record);
    }
    bool is_late(Deadline deadline) const {
        // Asking the clock costs as much as a small record.
        return records_ % 16 == 0 && std::chrono::steady_clock::now() >= deadline;
    }

    const bool is_copied_;
    WriteTransaction target_;
    ReadTransaction source_;
    LiveRecords live_;
    std::uint64_t records_ = 0;
    std::uint64_t bytes_ = 0;
};

LiveCopy::LiveCopy(const Environment& from, Environment& to, TouchedKeys& touched)
    : from_(from), to_(to), touched_(touched) {}

void LiveCopy::growing(const std::function<void()>& step) {
    for (;;) {
        try {
            step();
            return;
        } catch (const LmdbError& error) {
            if (!error.map_is_full()) {
                throw;
            }
        }
        to_.grow();
    }
}

void LiveCopy::copy_slice(Deadline deadline) {
    growing([&] {
        auto place = place_;
        Slice slice(*this);
        slice.copy(place, deadline);
        slice.commit();
        place_ = std::move(place);
        records_ += slice.records();
        bytes_ += slice.bytes();
    });
    take_touched();
}

void LiveCopy::take_touched() {
    for (auto& touched : touched_.take()) {
        const auto at = place_of(touched.table);
        if (at < place_.table || (at == place_.table && touched.key <= place_.key)) {
            waiting_.push_back(std::move(touched));
        }
    }
}

void LiveCopy::catch_up(Deadline deadline) {
    take_touched();
    // In the order of the copy, which looks at garbage last.
    const auto order = [](const TouchedKey& touched) {
        return std::pair(place_of(touched.table), std::string_view(touched.key));
    };
    std::ranges::sort(waiting_, {}, order);
    const auto twice = std::ranges::unique(waiting_);
    waiting_.erase(twice.begin(), twice.end());
    std::size_t done = 0;
    while (done < waiting_.size()) {
        const auto some = std::min(waiting_.size() - done, keys_at_once);
        look_again(done, done + some);
        done += some;
        if (std::chrono::steady_clock::now() >= deadline) {
            break;
        }
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(done));
}

void LiveCopy::look_again(std::size_t first, std::size_t last) {
    growing([&] {
        Slice slice(*this);
        for (auto i = first; i < last; ++i) {
            slice.look_again(waiting_[i]);
        }
        slice.commit();
        bytes_ += slice.bytes();
    });
}

std::size_t LiveCopy::keys_waiting() const {
    return waiting_.size() + touched_.waiting();
}

}  // namespace firn::lmdb

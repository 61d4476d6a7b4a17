// What an event store does that is LMDB and nothing else: a record an event, a transaction a group.
// Thread: one. Errors: LmdbError.
#pragma once

#include "perf/support/load.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/keys.hpp"

#include <span>
#include <utility>

namespace firn::perf {

class LmdbEvents {
public:
    enum class Layout : std::uint8_t {
        log,     // by position, at the end: the least that LMDB can do
        stream,  // by stream and version, and an index by position: what can be read by stream
    };

    // Access::writing: each commit is durable, by two flushes. copying: none is, until sync().
    // `committed`: the events that the file holds already.
    LmdbEvents(std::filesystem::path file, Layout layout, lmdb::Access access,
               std::uint64_t committed = 0)
        : environment_(std::move(file), std::size_t{16} << 30, access),
          layout_(layout),
          position_(committed) {}

    void commit(std::span<const PlainEvent> group) {
        auto transaction = environment_.write();
        for (const auto& event : group) {
            const auto position = lmdb::position_key(Position{++position_});
            if (layout_ == Layout::log) {
                transaction.append(lmdb::Table::positions, position, event.data);
                continue;
            }
            const auto key =
                lmdb::chunk_key(StreamNumber{event.stream + 1}, Version{event.version});
            transaction.put(lmdb::Table::chunks, key, event.data);
            transaction.append(lmdb::Table::positions, position, key);
        }
        transaction.commit();
    }
    void sync() const { environment_.sync(); }

    [[nodiscard]] std::uint64_t committed() const noexcept { return position_; }
    // Whether the event is there, and its data are these.
    [[nodiscard]] bool holds(std::uint64_t position, const PlainEvent& event) const {
        const auto transaction = environment_.read();
        const auto found =
            layout_ == Layout::log
                ? transaction.get(lmdb::Table::positions, lmdb::position_key(Position{position}))
                : transaction.get(
                      lmdb::Table::chunks,
                      lmdb::chunk_key(StreamNumber{event.stream + 1}, Version{event.version}));
        return found && *found == event.data;
    }
    // As LMDB counts them.
    [[nodiscard]] std::uint64_t records() const { return environment_.record_count(); }

private:
    lmdb::Environment environment_;
    Layout layout_;
    std::uint64_t position_ = 0;
};

}  // namespace firn::perf

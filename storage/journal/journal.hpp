// The journal: where an append becomes durable, by one write and one sync.
//
// Segments are used one after another, handed back when everything in them has settled, and used
// again. A segment whose write failed is sealed for good: the same record is written into another
// one, whose header says from which sequence on the sealed one no longer counts. A sync is never
// simply tried again, because the kernel may have dropped the pages that it failed to write.
//
// Thread: append() on the committing thread; release() and prepare() on the settler's; close() when
// both have ended; facts from any. Errors: append() answers disk_full or io_failed when no segment
// could take the record; it then keeps nothing of it, and may be called again.
#pragma once

#include "storage/journal/segment.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <string_view>
#include <vector>

namespace firn::journal {

struct JournalConfig {
    std::filesystem::path directory;
    std::uint64_t store = 0;
    std::uint64_t segment_bytes = 64u << 20;
    std::size_t segments = 4;
    std::function<void(std::string_view)> report;
};

// A segment with records that may not have settled yet.
struct LiveSegment {
    Segment segment;
    std::uint64_t last_sequence = 0;
    bool sealed = false;  // a write to it failed: it is removed, not used again
};

// Where recovery left off.
struct JournalStart {
    std::uint64_t next_epoch = 1;
    std::uint64_t next_sequence = 1;
    std::uint64_t settled_sequence = 0;
    std::vector<LiveSegment> live;  // oldest first
    std::vector<Segment> free;
};

class Journal {
public:
    Journal(JournalConfig config, JournalStart start);

    // The sequence that the next record must carry, and the epoch it will be written under.
    [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_sequence_; }

    // Writes one record: header.epoch and .sequence are filled in here. `record` holds the
    // payload after record_header_bytes and has room for the padding.
    [[nodiscard]] result<void> append(RecordHeader header, AlignedBuffer& record);

    // Everything up to this sequence has settled.
    void release(std::uint64_t settled_sequence);
    // Makes a segment ready ahead of need. Errors are reported when the segment is needed.
    void prepare();
    // Nothing is appended any more. Segments whose records have all settled say so themselves, so
    // that the next start need not read them. What fails is left for that start to find.
    void close() noexcept;

    // True while a record of this size would need more segments than are kept: wait for settling.
    [[nodiscard]] bool is_full(std::size_t record_bytes) const;
    // True from half full on: settle.
    [[nodiscard]] bool wants_settling() const;
    [[nodiscard]] std::uint64_t file_bytes() const;
    // The largest payload that one record can hold.
    [[nodiscard]] std::size_t payload_bytes_max() const noexcept {
        return config_.segment_bytes - block_bytes - record_header_bytes;
    }

private:
    // Makes a segment current that begins at next_sequence_; the one before goes to live_.
    [[nodiscard]] error_code roll();
    [[nodiscard]] result<Segment> take_free();
    [[nodiscard]] std::filesystem::path path_for(std::uint64_t epoch) const;
    // Under mutex_:
    void recycle();
    void keep_or_remove(Segment segment);
    static void remove(const Segment& segment);

    void report(const std::string& sentence) const;

    JournalConfig config_;
    std::uint64_t next_epoch_;
    std::uint64_t next_sequence_;
    std::optional<Segment> current_;
    bool poisoned_ = false;  // nothing may be written to current_ any more

    mutable std::mutex mutex_;  // guards what follows
    std::deque<LiveSegment> live_;
    std::vector<Segment> free_;
    std::uint64_t files_made_ = 0;
    std::uint64_t settled_sequence_ = 0;
};

}  // namespace firn::journal

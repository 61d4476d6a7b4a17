#include "storage/journal/recovery.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace firn::journal {

namespace {

namespace fs = std::filesystem;

struct Found {
    fs::path path;
    SegmentHeader header;
};

[[noreturn]] void damaged(const std::string& sentence) {
    throw StorageFailure(StorageFailure::Cause::damaged, sentence);
}

[[noreturn]] void unreadable(const fs::path& path, const error_code& error) {
    throw StorageFailure(StorageFailure::Cause::system,
                         fmt::format("cannot read {}: {}", path.string(), error.message()));
}

// A file gets its number with its first record; until then it is free or being made.
bool is_numbered(const fs::path& path) {
    const auto name = path.filename().string();
    return !name.empty() && name.front() >= '0' && name.front() <= '9';
}

// The epoch that a file's name states; a crash may have come between the renaming and the header,
// and a name that is given twice would replace a file that is in reserve.
std::uint64_t number_of(const fs::path& path) {
    return is_numbered(path) ? std::strtoull(path.filename().c_str(), nullptr, 10) : 0;
}

// A segment's records, read in pieces: to hold 64 MiB of it costs more than to read them.
class Records {
public:
    explicit Records(const fs::path& path) : path_(path) {
        auto file = File::open(path, O_RDONLY);
        if (!file) {
            unreadable(path, file.error());
        }
        file_ = std::move(*file);
        const auto size = file_.size();
        if (!size) {
            unreadable(path, size.error());
        }
        size_ = *size;
    }

    // What checks there; it lives until the next call.
    std::optional<RecordView> at(std::uint64_t offset) {
        const auto bytes = record_bytes(view(offset, record_header_bytes));
        if (!bytes || *bytes > size_ - offset) {
            return std::nullopt;
        }
        return open_record(view(offset, *bytes));
    }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

private:
    static constexpr std::size_t piece_bytes = 256u << 10;

    // Shorter only at the end of the file.
    std::string_view view(std::uint64_t offset, std::size_t bytes) {
        bytes = std::min<std::uint64_t>(bytes, size_ - offset);
        if (offset < from_ || offset + bytes > from_ + held_) {
            piece_.reserve(std::max(bytes, piece_bytes));
            const auto got = file_.read_at(piece_.data(), piece_.capacity(), offset);
            if (!got) {
                unreadable(path_, got.error());
            }
            from_ = offset;
            held_ = *got;
            bytes = std::min(bytes, held_);
        }
        return {piece_.data() + (offset - from_), bytes};
    }

    const fs::path& path_;
    File file_;
    std::uint64_t size_ = 0;
    AlignedBuffer piece_;
    std::uint64_t from_ = 0;
    std::size_t held_ = 0;
};

class Scan {
public:
    explicit Scan(const RecoveryRequest& request) : request_(request) { find_segments(); }

    // Returns the sequence after the last record that counts.
    std::uint64_t run(const std::function<void(const RecordView&)>& replay) {
        std::uint64_t next = 1;
        for (std::size_t i = 0; i < live_.size(); ++i) {
            const auto& header = live_[i].header;
            // Records that have settled may be gone: their segments were used again.
            const auto needed = std::max(next, request_.settled_sequence + 1);
            if (header.first_sequence > needed) {
                damaged(
                    fmt::format("journal segment {} begins at record {}, but the records from "
                                "{} on are missing; restore the directory from a copy",
                                live_[i].path.string(), header.first_sequence, needed));
            }
            if (i > 0 && header.first_sequence < live_[i - 1].header.first_sequence) {
                damaged(fmt::format(
                    "journal segment {} begins at record {}, before {}, which is "
                    "older; restore the directory from a copy",
                    live_[i].path.string(), header.first_sequence, live_[i - 1].path.string()));
            }
            const bool last = i + 1 == live_.size();
            const auto end = last ? UINT64_MAX : live_[i + 1].header.first_sequence;
            next = read_segment(live_[i], end, last, replay);
        }
        return std::max(next, request_.settled_sequence + 1);
    }

    [[nodiscard]] const std::vector<Found>& live() const { return live_; }
    [[nodiscard]] const std::vector<Found>& free() const { return free_; }
    [[nodiscard]] const std::vector<fs::path>& unfinished() const { return unfinished_; }
    [[nodiscard]] const std::vector<std::uint64_t>& last_sequences() const { return lasts_; }
    [[nodiscard]] std::uint64_t records() const { return records_; }

private:
    void find_segments() {
        if (!fs::exists(request_.directory)) {
            return;
        }
        for (const auto& file : fs::directory_iterator(request_.directory)) {
            if (file.path().extension() != ".segment") {
                continue;
            }
            const auto header = Segment::read_header(file.path());
            if (!header) {
                unreadable(file.path(), header.error());
            }
            if (!*header && !is_numbered(file.path())) {
                unfinished_.push_back(file.path());
            } else if (!*header) {
                damaged(
                    fmt::format("journal segment {} has a damaged header; restore the "
                                "directory from a copy",
                                file.path().string()));
            } else if ((*header)->store != request_.store) {
                damaged(fmt::format("journal segment {} belongs to another store",
                                    file.path().string()));
            } else if ((*header)->epoch == 0) {
                free_.push_back({file.path(), **header});
            } else {
                live_.push_back({file.path(), **header});
            }
        }
        std::ranges::sort(live_, {}, [](const Found& found) { return found.header.epoch; });
    }

    std::uint64_t read_segment(const Found& found, std::uint64_t end, bool last,
                               const std::function<void(const RecordView&)>& replay) {
        Records records(found.path);
        auto expected = found.header.first_sequence;
        std::uint64_t at = block_bytes;
        while (at < records.size() && expected < end) {
            const auto record = records.at(at);
            if (!record || record->header.epoch != found.header.epoch ||
                record->header.sequence != expected) {
                break;
            }
            ++records_;
            if (expected > request_.settled_sequence) {
                replay(*record);
            }
            ++expected;
            at += padded(record_header_bytes + record->header.payload_bytes);
        }
        if (last) {
            refuse_a_record_behind_damage(found, records, at, expected);
        }
        lasts_.push_back(expected - 1);
        return expected;
    }

    // Records are written one after another, each synced before the next: a whole one of this
    // epoch behind one that does not check means that bytes changed after they were written.
    static void refuse_a_record_behind_damage(const Found& found, Records& records,
                                              std::uint64_t at, std::uint64_t expected) {
        for (at += block_bytes; at < records.size(); at += block_bytes) {
            const auto record = records.at(at);
            if (record && record->header.epoch == found.header.epoch &&
                record->header.sequence > expected) {
                damaged(
                    fmt::format("journal segment {} is damaged: record {} does not check, but "
                                "record {} behind it does; restore the directory from a copy",
                                found.path.string(), expected, record->header.sequence));
            }
        }
    }

    RecoveryRequest request_;
    std::vector<Found> live_;
    std::vector<Found> free_;
    std::vector<fs::path> unfinished_;
    std::vector<std::uint64_t> lasts_;
    std::uint64_t records_ = 0;
};

Segment open_segment(const Found& found) {
    auto segment = Segment::open(found.path, found.header);
    if (!segment) {
        throw StorageFailure(
            StorageFailure::Cause::not_writable,
            fmt::format("cannot write {}: {}", found.path.string(), segment.error().message()));
    }
    return std::move(*segment);
}

}  // namespace

JournalStart recover(const RecoveryRequest& request,
                     const std::function<void(const RecordView&)>& replay) {
    Scan scan(request);
    JournalStart start;
    start.settled_sequence = request.settled_sequence;
    start.next_sequence = scan.run(replay);
    for (std::size_t i = 0; i < scan.live().size(); ++i) {
        const auto& found = scan.live()[i];
        start.next_epoch = std::max(start.next_epoch, found.header.epoch + 1);
        start.next_epoch = std::max(start.next_epoch, number_of(found.path) + 1);
        start.live.push_back({open_segment(found), scan.last_sequences()[i]});
    }
    for (const auto& found : scan.free()) {
        start.next_epoch = std::max(start.next_epoch, number_of(found.path) + 1);
        start.free.push_back(open_segment(found));
    }
    for (const auto& path : scan.unfinished()) {
        std::error_code ignored;
        fs::remove(path, ignored);
    }
    return start;
}

JournalCheck check(const RecoveryRequest& request,
                   const std::function<void(const RecordView&)>& replay) {
    JournalCheck found;
    try {
        Scan scan(request);
        found.next_sequence = scan.run(replay);
        found.records = scan.records();
    } catch (const StorageFailure& failure) {
        found.problems.emplace_back(failure.what());
    }
    return found;
}

}  // namespace firn::journal

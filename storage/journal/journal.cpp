#include "storage/journal/journal.hpp"

#include <fmt/format.h>
#include <boost/assert.hpp>

#include <system_error>

namespace firn::journal {

Journal::Journal(JournalConfig config, JournalStart start)
    : config_(std::move(config)),
      next_epoch_(start.next_epoch),
      next_sequence_(start.next_sequence),
      live_(std::make_move_iterator(start.live.begin()), std::make_move_iterator(start.live.end())),
      settled_sequence_(start.settled_sequence) {
    for (auto& segment : start.free) {
        keep_or_remove(std::move(segment));
    }
    recycle();
}

result<void> Journal::append(RecordHeader header, AlignedBuffer& record) {
    const auto record_bytes = record_header_bytes + header.payload_bytes;
    record.reserve(padded(record_bytes));
    std::memset(record.data() + record_bytes, 0, padded(record_bytes) - record_bytes);
    header.sequence = next_sequence_;

    error_code failed_write;
    try {
        // Twice: a segment that fails is sealed, and a second one gets its chance.
        for (int attempt = 0; attempt < 2; ++attempt) {
            if (!current_ || poisoned_ || !current_->has_room_for(record_bytes)) {
                if (const auto error = roll()) {
                    // What failed before may be on the disk all the same.
                    return classify(failed_write ? failed_write : error);
                }
            }
            header.epoch = current_->header().epoch;
            seal_record(header, record.data());
            failed_write = current_->append(record, record_bytes);
            if (!failed_write) {
                ++next_sequence_;
                return {};
            }
            poisoned_ = true;
            report(fmt::format("journal segment {} failed ({}); it is sealed and not written again",
                               current_->path().string(), failed_write.message()));
        }
    } catch (const std::bad_alloc&) {
        // A new segment's header may be on disk, and then voids what this one would take.
        poisoned_ = current_.has_value();
        return storage_errc::io_failed;
    }
    return classify(failed_write);
}

error_code Journal::roll() {
    auto segment = take_free();
    if (!segment) {
        return segment.error();
    }
    const auto epoch = next_epoch_++;
    const auto path = path_for(epoch);
    std::error_code renamed;
    std::filesystem::rename(segment->path(), path, renamed);
    if (renamed) {
        const std::scoped_lock lock(mutex_);
        free_.push_back(std::move(*segment));
        return renamed;
    }
    segment->renamed(path);
    if (const auto error = segment->begin(epoch, next_sequence_)) {
        // Its header may be on disk all the same, and would void what the current segment took
        // from here on: so that one takes nothing more.
        poisoned_ = current_.has_value();
        report(fmt::format("journal segment {} cannot be started ({}); it is removed",
                           path.string(), error.message()));
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        return error;
    }
    const std::scoped_lock lock(mutex_);
    if (current_) {
        live_.push_back({std::move(*current_), next_sequence_ - 1, poisoned_});
    }
    current_ = std::move(*segment);
    poisoned_ = false;
    // What the one before held may have settled while it was still in use.
    recycle();
    return {};
}

result<Segment> Journal::take_free() {
    {
        const std::scoped_lock lock(mutex_);
        if (!free_.empty()) {
            auto segment = std::move(free_.back());
            free_.pop_back();
            return segment;
        }
        ++files_made_;
    }
    return Segment::create(config_.directory / fmt::format("new-{}.segment", next_epoch_),
                           config_.store, config_.segment_bytes);
}

void Journal::release(std::uint64_t settled_sequence) {
    const std::scoped_lock lock(mutex_);
    settled_sequence_ = settled_sequence;
    recycle();
}

void Journal::recycle() {
    while (!live_.empty() && live_.front().last_sequence <= settled_sequence_) {
        auto settled = std::move(live_.front());
        live_.pop_front();
        if (settled.sealed) {
            remove(settled.segment);
        } else {
            keep_or_remove(std::move(settled.segment));
        }
    }
}

// More than are kept, or of another size after a change of configuration: removed.
void Journal::keep_or_remove(Segment segment) {
    const auto others = live_.size() + free_.size() + (current_ ? 1 : 0);
    if (segment.header().bytes == config_.segment_bytes && others < config_.segments) {
        free_.push_back(std::move(segment));
    } else {
        remove(segment);
    }
}

void Journal::remove(const Segment& segment) {
    std::error_code ignored;
    std::filesystem::remove(segment.path(), ignored);
}

void Journal::prepare() {
    std::uint64_t number = 0;
    {
        const std::scoped_lock lock(mutex_);
        if (!free_.empty() || live_.size() + 1 >= config_.segments) {
            return;
        }
        number = ++files_made_;
    }
    try {
        const auto path_of = [&] {
            return config_.directory / fmt::format("spare-{}.segment", number);
        };
        // One of an earlier start may be about to be renamed by the committing thread.
        std::error_code ignored;
        while (std::filesystem::exists(path_of(), ignored)) {
            ++number;
        }
        auto segment = Segment::create(path_of(), config_.store, config_.segment_bytes);
        if (segment) {
            const std::scoped_lock lock(mutex_);
            free_.push_back(std::move(*segment));
        }
    } catch (const std::bad_alloc&) {
        // It is made when it is needed.
    }
}

void Journal::close() noexcept {
    const std::scoped_lock lock(mutex_);
    try {
        if (current_) {
            live_.push_back({std::move(*current_), next_sequence_ - 1, poisoned_});
            current_.reset();
        }
        recycle();
        for (auto& segment : free_) {
            if (segment.header().epoch != 0 && segment.begin(0, 0)) {
                return;
            }
        }
    } catch (const std::bad_alloc&) {
        // The next start reads them.
    }
}

bool Journal::is_full(std::size_t record_bytes) const {
    const std::scoped_lock lock(mutex_);
    const bool fits = current_ && !poisoned_ && current_->has_room_for(record_bytes);
    return !fits && free_.empty() && live_.size() + 1 >= config_.segments;
}

bool Journal::wants_settling() const {
    const std::scoped_lock lock(mutex_);
    return live_.size() * 2 >= config_.segments;
}

std::uint64_t Journal::file_bytes() const {
    const std::scoped_lock lock(mutex_);
    return (live_.size() + free_.size() + (current_ ? 1 : 0)) * config_.segment_bytes;
}

std::filesystem::path Journal::path_for(std::uint64_t epoch) const {
    return config_.directory / fmt::format("{:016}.segment", epoch);
}

void Journal::report(const std::string& sentence) const {
    if (config_.report) {
        config_.report(sentence);
    }
}

}  // namespace firn::journal

#include "storage/lmdb/touched_keys.hpp"

#include <iterator>
#include <new>
#include <utility>

namespace firn::lmdb {

void TouchedKeys::note(Table table, std::string_view key) noexcept {
    if (ended_.load(std::memory_order_relaxed)) {
        return;
    }
    // Streams are written record by record, so the same key comes often twice in a row.
    if (!current_.empty() && current_.back().table == table && current_.back().key == key) {
        return;
    }
    try {
        current_.push_back({table, std::string(key)});
        current_bytes_ += sizeof(TouchedKey) + key.size();
    } catch (const std::bad_alloc&) {
        const std::scoped_lock lock(mutex_);
        complete_ = false;
    }
}

void TouchedKeys::publish() noexcept {
    if (current_.empty()) {
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        try {
            if (ended_ || !complete_) {
                published_.clear();
            } else if (bytes_ + current_bytes_ > bytes_max_) {
                complete_ = false;
                published_.clear();
            } else {
                published_.insert(published_.end(), std::make_move_iterator(current_.begin()),
                                  std::make_move_iterator(current_.end()));
                bytes_ += current_bytes_;
            }
        } catch (const std::bad_alloc&) {
            complete_ = false;
        }
    }
    current_.clear();
    current_bytes_ = 0;
}

void TouchedKeys::discard() noexcept {
    current_.clear();
    current_bytes_ = 0;
}

std::vector<TouchedKey> TouchedKeys::take() {
    const std::scoped_lock lock(mutex_);
    bytes_ = 0;
    return std::exchange(published_, {});
}

std::size_t TouchedKeys::waiting() const {
    const std::scoped_lock lock(mutex_);
    return published_.size();
}

bool TouchedKeys::is_complete() const {
    const std::scoped_lock lock(mutex_);
    return complete_;
}

void TouchedKeys::end() noexcept {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    published_.clear();
}

}  // namespace firn::lmdb

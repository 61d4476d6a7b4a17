#include "storage/journaled/settled_feed.hpp"

#include "storage/feed_filter.hpp"
#include "storage/journaled/page_maker.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/records.hpp"

#include <algorithm>
#include <iterator>

namespace firn {

namespace {

// The more at once, the more events of a chunk are taken in one go.
constexpr std::size_t fetch_most = 1u << 18;
// Without knowing how large they are.
constexpr std::size_t fetch_least = 64;

// Label 0 on either side: the index cannot tell, so the event itself has to.
bool may_pass(const std::vector<std::uint32_t>& labels, std::uint32_t label) {
    return labels.empty() || label == 0 || std::ranges::find(labels, label) != labels.end();
}

}  // namespace

SettledFeed::SettledFeed(const lmdb::Environment& environment, const FeedQuery& query,
                         const std::map<Position, UnsettledDeletion>& deletions,
                         std::vector<KeptEntry>& kept, PageMemory& memory)
    : transaction_(environment),
      markers_(transaction_, lmdb::Table::markers),
      query_(query),
      events_(transaction_, query, memory),
      kept_(kept),
      memory_(memory),
      deletions_(deletions) {
    for (const auto& [position, deletion] : deletions) {
        deleted_.insert(deletion.stream.value());
    }
    for (const auto& category : query.categories) {
        category_labels_.push_back(
            lmdb::find_label(transaction_, lmdb::LabelKind::category, category));
    }
    for (const auto& type : query.types) {
        type_labels_.push_back(lmdb::find_label(transaction_, lmdb::LabelKind::type, type));
    }
}

Position SettledFeed::run(Position after, Position end, const Bounds& bounds) {
    bounds_ = bounds;
    looked_at_ = after;
    at_marker_ = markers_.seek(lmdb::position_key(after.next()));
    next_deletion_ = deletions_.upper_bound(after);
    fetch_at_ = fetch_max();
    lmdb::Cursor index(transaction_, lmdb::Table::positions);
    // The first blocks may be gone with their events.
    bool found = index.seek_at_most(lmdb::position_key(after.next())) || index.first();
    while (found && !is_full()) {
        const Position first{lmdb::key_number(index.key(), 0)};
        if (first > end) {
            break;
        }
        if (!lmdb::decode_position_block(first, index.value(), block_)) {
            throw lmdb::CorruptRecord("a block of the position index does not check");
        }
        take_block(first, after, end);
        found = index.next();
    }
    if (!is_full()) {
        fetch(end);
    }
    return looked_at_;
}

void SettledFeed::take_block(Position first, Position after, Position end) {
    stand_ins_.clear();
    collect_stand_ins(std::min(end, Position{first.plus(block_.size()).value() - 1}));
    for (std::size_t i = 0; i < block_.size() && !is_full(); ++i) {
        const auto position = first.plus(i);
        if (position <= after || position > end || block_[i].is_hole()) {
            continue;
        }
        consider(position, block_[i]);
        if (places_.size() >= fetch_at_) {
            fetch(position);
        }
    }
}

void SettledFeed::collect_stand_ins(Position last) {
    for (; at_marker_; at_marker_ = markers_.next()) {
        const Position position{lmdb::key_number(markers_.key(), 0)};
        if (position > last) {
            break;
        }
        const auto marker = lmdb::decode_marker(markers_.value());
        // A deletion that has not settled takes the stream's snapshot stand-in away.
        if (deleted_.contains(marker.stream.value())) {
            continue;
        }
        const auto kind = marker.kind == lmdb::Marker::Kind::deleted ? FeedEvent::Kind::deleted
                                                                     : FeedEvent::Kind::snapshot;
        if (const auto fact = events_.fact_of(marker.stream); fact.wanted) {
            const auto entry =
                stand_in(kind, *fact.name, position, marker.version, marker.recorded_at);
            stand_ins_.emplace(position, KeptEntry::keep(memory_, entry, {}));
        }
    }
    for (; next_deletion_ != deletions_.end() && next_deletion_->first <= last; ++next_deletion_) {
        const auto& [position, deletion] = *next_deletion_;
        if (passes_name(query_, *deletion.name)) {
            const auto entry = stand_in(FeedEvent::Kind::deleted, memory_.keep(*deletion.name),
                                        position, deletion.version, deletion.recorded_at);
            stand_ins_.emplace(position, KeptEntry::keep(memory_, entry, {}));
        }
    }
}

void SettledFeed::consider(Position position, const lmdb::IndexEntry& entry) {
    if (!stand_ins_.empty()) {
        if (const auto found = stand_ins_.find(position); found != stand_ins_.end()) {
            places_.push_back(found->second);
            return;
        }
    }
    if (may_pass(category_labels_, entry.category_label) &&
        may_pass(type_labels_, entry.type_label) &&
        (deleted_.empty() || !deleted_.contains(entry.stream.value()))) {
        wanted_.push_back(
            {entry.stream, entry.version, static_cast<std::uint32_t>(places_.size())});
        places_.emplace_back();
    }
}

std::size_t SettledFeed::fetch_max() const noexcept {
    const auto room = bounds_.entries - kept_.size();
    if (bytes_ == 0) {
        return std::min(fetch_least, room);
    }
    const auto left = bounds_.bytes - std::min(bytes_, bounds_.bytes);
    const auto fitting = left / (bytes_ / kept_.size() + 1);
    return std::min(std::clamp<std::size_t>(fitting, fetch_least, fetch_most), room);
}

void SettledFeed::fetch(Position looked_at) {
    sort_by_stream(wanted_, scratch_);
    bytes_ += events_.fetch(wanted_, places_);
    std::ranges::copy_if(places_, std::back_inserter(kept_),
                         [](KeptEntry entry) { return static_cast<bool>(entry); });
    wanted_.clear();
    places_.clear();
    looked_at_ = looked_at;
    fetch_at_ = fetch_max();
}

}  // namespace firn

#include "storage/journaled/unsettled.hpp"

#include "storage/checksum.hpp"
#include "storage/journal/record.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace firn {

namespace {

// What a group holds in memory beside its payload: runs, map nodes.
constexpr std::size_t group_overhead_bytes = 200;

std::size_t group_bytes(const Group& group) {
    return group.memory_bytes() + group_overhead_bytes;
}

}  // namespace

StreamName name_from_key(std::string_view key) {
    const auto zero = key.find('\0');
    return {std::string(key.substr(0, zero)), std::string(key.substr(zero + 1))};
}

std::size_t Unsettled::IdKeyHash::operator()(const IdKey& key) const noexcept {
    return checksum({reinterpret_cast<const char*>(key.id.data()), key.id.size()}, key.stream);
}

Head* Unsettled::find(std::string_view key) noexcept {
    const auto found = heads_.find(key);
    return found == heads_.end() ? nullptr : found->second.get();
}

Head& Unsettled::add(Head head) {
    auto owned = std::make_unique<Head>(std::move(head));
    auto& added = *owned;
    const std::scoped_lock lock(mutex_);
    heads_.emplace(std::string_view(added.key), std::move(owned));
    return added;
}

void Unsettled::publish(Publication publication) {
    const std::scoped_lock lock(mutex_);
    make_room_for(publication);
    for (auto* head : publication.heads) {
        head->version = head->staged_version;
        head->last_position = head->staged_position;
        head->last_time = head->staged_time;
        head->deleted = head->staged_deleted;
        head->used = true;
    }
    for (auto& [head, entry] : publication.ids) {
        ids_.insert_or_assign(IdKey{head->stream.value(), entry.id}, entry.fact);
    }
    pending_events_ += publication.group->events;
    pending_bytes_ += group_bytes(*publication.group);
    head_ = Position{publication.group->end_position().value() - 1};
}

// All that needs memory, in an order in which each step alone does no harm: a group that readers
// see in part would be worse than none. The group comes last: the settler may take it from then
// on, while readers stop at head_.
void Unsettled::make_room_for(Publication& publication) {
    for (auto& [head, run] : publication.runs) {
        head->tail.push_back(std::move(run));  // readers stop at the head's version
    }
    ids_.reserve(ids_.size() + publication.ids.size());
    for (auto* head : publication.heads) {
        if (by_number_.emplace(head->stream.value(), head).second && head->settled == no_version) {
            fresh_.insert(head->key);
        }
    }
    std::map<Position, UnsettledDeletion> deletions;
    for (auto& [position, deletion] : publication.deletions) {
        deletions.emplace(position, std::move(deletion));
    }
    groups_.push_back(publication.group);
    deletions_.merge(deletions);
}

void Unsettled::forget(const Head& head) noexcept {
    BOOST_ASSERT(head.version == no_version && head.tail.empty());
    const std::scoped_lock lock(mutex_);
    const auto found = heads_.find(head.key);
    const auto owned = std::move(found->second);
    heads_.erase(found);
}

void Unsettled::evict(std::size_t heads_max) {
    if (heads_.size() <= heads_max) {
        return;
    }
    const std::scoped_lock lock(mutex_);
    // An eighth more than needed, so that a full table is not walked at every commit.
    const auto target = heads_max - heads_max / 8;
    for (auto it = heads_.begin(); it != heads_.end() && heads_.size() > target;) {
        auto& head = *it->second;
        if (!head.is_settled() || std::exchange(head.used, false)) {
            ++it;
            continue;
        }
        by_number_.erase(head.stream.value());
        const auto owned = std::move(it->second);
        heads_.erase(it++);
    }
}

std::optional<lmdb::IdFact> Unsettled::find_id(StreamNumber stream, const EventId& id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = ids_.find(IdKey{stream.value(), id});
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::shared_ptr<const Group>> Unsettled::groups() const {
    const std::scoped_lock lock(mutex_);
    return {groups_.begin(), groups_.end()};
}

void Unsettled::slice_settled(std::span<const SettledStream> streams) {
    const std::scoped_lock lock(mutex_);
    for (const auto& settled : streams) {
        const auto found = by_number_.find(settled.stream.value());
        if (found == by_number_.end()) {
            continue;
        }
        auto& head = *found->second;
        fresh_.erase(head.key);
        head.settled_client_ids = settled.client_ids;
        head.deletion_settled = settled.deleted;
        drop_settled_tail(head, settled.version);
    }
}

void Unsettled::drop_settled_tail(Head& head, Version settled) {
    head.settled = std::max(head.settled, settled);
    const auto kept = std::ranges::find_if(
        head.tail, [&](const TailRun& run) { return run.end() > settled.next(); });
    head.tail.erase(head.tail.begin(), kept);
    if (head.tail.empty()) {
        std::vector<TailRun>().swap(head.tail);
    }
}

void Unsettled::round_settled(std::size_t count, Position position) {
    std::vector<std::shared_ptr<const Group>> freed;  // outside the mutex
    const std::scoped_lock lock(mutex_);
    freed.reserve(count);
    for (; count > 0; --count) {
        pending_events_ -= groups_.front()->events;
        pending_bytes_ -= group_bytes(*groups_.front());
        freed.push_back(std::move(groups_.front()));
        groups_.pop_front();
    }
    settled_ = position;
    std::erase_if(deletions_, [&](const auto& entry) {
        const auto head = by_number_.find(entry.second.stream.value());
        return head == by_number_.end() || head->second->deletion_settled;
    });
    boost::unordered::erase_if(
        ids_, [&](const auto& entry) { return entry.second.position <= settled_; });
}

std::optional<TailView> Unsettled::tail(std::string_view key, const TailQuery& query) const {
    const std::scoped_lock lock(mutex_);
    const auto found = heads_.find(key);
    // A head that was staged only is not there yet.
    if (found == heads_.end() || found->second->version == no_version) {
        return std::nullopt;
    }
    const auto& head = *found->second;
    TailView view{.stream = head.stream,
                  .version = head.version,
                  .last_position = head.last_position,
                  .deleted = head.deleted,
                  .runs = {}};
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    const auto take = [&](const TailRun& run) {
        if (events >= query.events_max || bytes > query.bytes_max) {
            return false;
        }
        view.runs.push_back(run);
        // Only those inside the range count towards the limits.
        const auto first = std::max(run.first, query.from);
        const auto last =
            std::min(run.end(), query.to.value() == UINT64_MAX ? run.end() : query.to.next());
        events += last > first ? last.since(first) : 0;
        bytes += first == run.first && last == run.end() ? run.events.size() : 0;
        return true;
    };
    const auto begin = std::ranges::partition_point(
        head.tail, [&](const TailRun& run) { return run.end() <= query.from; });
    const auto end = std::partition_point(
        begin, head.tail.end(), [&](const TailRun& run) { return run.first <= query.to; });
    if (query.direction == Direction::forward) {
        for (auto run = begin; run != end && take(*run); ++run) {
        }
    } else {
        for (auto run = end; run != begin && take(*std::prev(run)); --run) {
        }
        std::ranges::reverse(view.runs);
    }
    return view;
}

std::optional<Version> Unsettled::settled_version(std::string_view key) const {
    const std::scoped_lock lock(mutex_);
    const auto found = heads_.find(key);
    return found == heads_.end() ? std::nullopt : std::optional(found->second->settled);
}

Unsettled::FeedWindow Unsettled::feed_window(Position after, std::uint32_t events_max) const {
    const std::scoped_lock lock(mutex_);
    FeedWindow window{.settled = settled_, .head = head_, .groups = {}, .deletions = deletions_};
    if (after < settled_) {
        return window;
    }
    auto group = std::ranges::partition_point(
        groups_, [&](const auto& g) { return g->end_position() <= after.next(); });
    for (std::uint64_t events = 0; group != groups_.end() && events < events_max; ++group) {
        window.groups.push_back(*group);
        events += (*group)->events;
    }
    return window;
}

std::optional<StreamName> Unsettled::name_of(StreamNumber stream) const {
    const std::scoped_lock lock(mutex_);
    const auto found = by_number_.find(stream.value());
    if (found == by_number_.end()) {
        return std::nullopt;
    }
    return name_from_key(found->second->key);
}

std::vector<std::string> Unsettled::fresh_keys(std::string_view after, std::string_view prefix,
                                               std::size_t limit) const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> keys;
    auto it =
        after >= prefix && !after.empty() ? fresh_.upper_bound(after) : fresh_.lower_bound(prefix);
    for (; it != fresh_.end() && keys.size() < limit && it->starts_with(prefix); ++it) {
        keys.emplace_back(*it);
    }
    return keys;
}

Position Unsettled::head_position() const {
    const std::scoped_lock lock(mutex_);
    return head_;
}

Position Unsettled::settled_position() const {
    const std::scoped_lock lock(mutex_);
    return settled_;
}

void Unsettled::start_at(Position settled) {
    const std::scoped_lock lock(mutex_);
    settled_ = settled;
    head_ = settled;
}

Unsettled::Pending Unsettled::pending() const {
    const std::scoped_lock lock(mutex_);
    return {groups_.size(), pending_events_, pending_bytes_, heads_.size()};
}

}  // namespace firn

#include "actors/stream_directory.hpp"

#include <functional>

namespace firn {

namespace {

// How many actors one look at a shard passes over, so that its lock is never held for long.
constexpr std::size_t looks_max = 64;

}  // namespace

StreamDirectory::Key StreamDirectory::key_of(const StreamName& name) noexcept {
    const auto id = std::hash<std::string_view>{}(name.id);
    const auto category = std::hash<std::string_view>{}(name.category);
    return {name, id ^ (category + 0x9e3779b97f4a7c15u + (id << 6) + (id >> 2))};
}

std::shared_ptr<StreamActor> StreamDirectory::find_or_make(const StreamName& name) {
    const auto key = key_of(name);
    auto& shard = shard_of(key);
    std::shared_ptr<StreamActor> actor;
    {
        const std::lock_guard lock(shard.mutex);
        if (const auto found = shard.actors.find(key); found != shard.actors.end()) {
            note_use(**found);
            actor = *found;
        } else {
            actor = std::make_shared<StreamActor>(context_, name, key.hash);
            actor->used_tick = tick_.load(std::memory_order_relaxed);
            shard.actors.insert(actor);
            shard.order.push_back(*actor);
            size_.fetch_add(1, std::memory_order_relaxed);
        }
    }
    if (over_bound()) {
        trim();
    }
    return actor;
}

std::optional<StateView> StreamDirectory::cached_state(const StreamName& name) const {
    const auto key = key_of(name);
    const auto& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.actors.find(key);
    if (found == shard.actors.end()) {
        return std::nullopt;
    }
    note_use(**found);
    return (*found)->cached_state();
}

void StreamDirectory::note_use(StreamActor& actor) const noexcept {
    actor.used_tick = tick_.load(std::memory_order_relaxed);
    actor.used_again = true;
}

void StreamDirectory::trim() {
    const std::unique_lock trimming(trim_mutex_, std::try_to_lock);
    if (!trimming) {
        return;
    }
    // Two rounds find an idle actor if there is one: the first may only take second chances away.
    for (std::size_t looked = 0; over_bound() && looked != 2 * shard_count; ++looked) {
        // What is evicted dies here, outside the shard's lock.
        if (!evict_unused(shards_[trim_next_++ % shard_count]).empty()) {
            looked = 0;
        }
    }
}

StreamDirectory::Evicted StreamDirectory::evict_unused(Shard& shard) {
    Evicted evicted;
    const std::lock_guard lock(shard.mutex);
    for (std::size_t looks = 0; looks != looks_max && !shard.order.empty(); ++looks) {
        auto& actor = shard.order.front();
        const auto found = shard.actors.find(Key{actor.name(), actor.name_hash()});
        if (!actor.used_again && found->use_count() == 1) {
            take_out(shard, actor, evicted);
            break;
        }
        actor.used_again = false;
        shard.order.splice(shard.order.end(), shard.order, shard.order.begin());
    }
    return evicted;
}

void StreamDirectory::tick() {
    constexpr auto share = shard_count / idle_ticks;
    const auto now = tick_.fetch_add(1, std::memory_order_relaxed) + 1;
    for (std::size_t i = 0; i != share; ++i) {
        const auto evicted = evict_idle(shards_[(now % idle_ticks) * share + i]);
    }
}

StreamDirectory::Evicted StreamDirectory::evict_idle(Shard& shard) {
    Evicted evicted;
    const auto now = tick_.load(std::memory_order_relaxed);
    const std::lock_guard lock(shard.mutex);
    for (auto next = shard.order.begin(); next != shard.order.end();) {
        auto& actor = *next++;
        const bool idle = now - actor.used_tick >= idle_ticks;
        if (idle && shard.actors.find(Key{actor.name(), actor.name_hash()})->use_count() == 1) {
            take_out(shard, actor, evicted);
        }
    }
    return evicted;
}

void StreamDirectory::take_out(Shard& shard, StreamActor& actor, Evicted& evicted) {
    const auto found = shard.actors.find(Key{actor.name(), actor.name_hash()});
    shard.order.erase(shard.order.iterator_to(actor));
    evicted.push_back(*found);
    shard.actors.erase(found);
    size_.fetch_sub(1, std::memory_order_relaxed);
    context_.counters.actors_evicted.add();
}

void StreamDirectory::clear() {
    for (auto& shard : shards_) {
        decltype(shard.actors) leaving;
        const std::lock_guard lock(shard.mutex);
        shard.order.clear();
        size_.fetch_sub(shard.actors.size(), std::memory_order_relaxed);
        leaving.swap(shard.actors);
    }
}

}  // namespace firn

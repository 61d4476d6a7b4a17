// Where actors are found by their stream's name: made on first use, kept within a byte bound.
//
// Each shard has its actors in the order in which they came in; eviction takes the oldest that
// was not used again (second chance), so that a use costs two stores instead of a move. An actor
// that anybody else holds (a call in flight, a turn) is never evicted: actors are handed out
// only under the shard's lock, so a count of one means that nobody can reach it.
//
// Thread: any. Errors: none; past cache_bytes_max idle actors leave, and if all are busy the
// bound is exceeded until they are not.
#pragma once

#include "actors/stream_actor.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <unordered_set>

namespace firn {

class StreamDirectory {
public:
    // Idle time is counted in ticks; an actor unused for this many leaves.
    static constexpr std::uint32_t idle_ticks = 16;

    explicit StreamDirectory(ActorContext& context) : context_(context) {}
    ~StreamDirectory() { clear(); }

    [[nodiscard]] std::shared_ptr<StreamActor> find_or_make(const StreamName& name);
    // As StreamActor::cached_state; nothing for a stream without an actor.
    [[nodiscard]] std::optional<StateView> cached_state(const StreamName& name) const;

    // One tick of idle time: looks at its share of the shards for actors to let go.
    void tick();
    void clear();

    [[nodiscard]] std::size_t size() const noexcept {
        return size_.load(std::memory_order_relaxed);
    }

private:
    static constexpr std::size_t shard_count = 64;
    static_assert(shard_count % idle_ticks == 0);

    struct Key {
        const StreamName& name;
        std::size_t hash;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const Key& key) const noexcept { return key.hash; }
        std::size_t operator()(const std::shared_ptr<StreamActor>& actor) const noexcept {
            return actor->name_hash();
        }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(const Key& key, const std::shared_ptr<StreamActor>& actor) const noexcept {
            return key.name == actor->name();
        }
        bool operator()(const std::shared_ptr<StreamActor>& actor, const Key& key) const noexcept {
            return key.name == actor->name();
        }
        bool operator()(const std::shared_ptr<StreamActor>& a,
                        const std::shared_ptr<StreamActor>& b) const noexcept {
            return a == b;
        }
    };
    using Order = boost::intrusive::list<
        StreamActor,
        boost::intrusive::member_hook<StreamActor, boost::intrusive::list_member_hook<>,
                                      &StreamActor::eviction_hook>>;
    // Its own cache lines: shards exist so that threads do not meet.
    struct alignas(64) Shard {
        mutable std::mutex mutex;
        std::unordered_set<std::shared_ptr<StreamActor>, Hash, Equal> actors;
        Order order;  // front: the next to be looked at
    };
    using Evicted = std::vector<std::shared_ptr<StreamActor>>;

    [[nodiscard]] static Key key_of(const StreamName& name) noexcept;
    [[nodiscard]] Shard& shard_of(const Key& key) const noexcept {
        return shards_[(key.hash >> 7) % shard_count];
    }
    void note_use(StreamActor& actor) const noexcept;
    [[nodiscard]] bool over_bound() const noexcept {
        return context_.counters.actor_bytes.value() > context_.limits.cache_bytes_max;
    }
    void trim();
    [[nodiscard]] Evicted evict_unused(Shard& shard);
    [[nodiscard]] Evicted evict_idle(Shard& shard);
    void take_out(Shard& shard, StreamActor& actor, Evicted& evicted);

    ActorContext& context_;
    mutable std::array<Shard, shard_count> shards_;
    std::atomic<std::size_t> size_{0};
    std::atomic<std::uint32_t> tick_{0};
    std::mutex trim_mutex_;  // one trims at a time
    std::size_t trim_next_ = 0;
};

}  // namespace firn

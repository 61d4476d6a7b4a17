// Small writes to LMDB that nobody blocks for: documents, snapshots and their removal. They wait
// here, and then share a transaction of the settler's.
//
//   waiting    a snapshot whose events have not settled; a newer automatic one of the stream takes
//              the place of an automatic one
//   settling   the same, once a round runs that will settle its events: it is overtaken no more,
//              since a busy stream would else never have one saved
//   ready      may be written, in this order
//
// Thread: any; a mutex of its own. No Done is called under it.
// Errors: overloaded past the bounds, closed; by the Done.
#pragma once

#include "storage/journaled/queued_write.hpp"
#include "storage/journaled/unsettled.hpp"

#include <list>
#include <mutex>
#include <unordered_map>

namespace firn {

class WriteQueue {
public:
    // Taken out and put in without an allocation.
    using Writes = std::list<QueuedWrite>;

    struct Bounds {
        std::uint64_t count_max;
        std::uint64_t bytes_max;
    };
    WriteQueue(const Unsettled& unsettled, Bounds bounds)
        : unsettled_(unsettled), bounds_(bounds) {}

    enum class Place : std::uint8_t { answered, waiting, ready };
    // Takes the write, which is the only one in `one`, or answers it. If it throws for want of
    // memory, the write is still there.
    Place push(Writes& one);

    // --- the settler ---
    // A round begins, or went well, that settles positions up to `through`.
    void round_begins(Position through);
    void round_settled(Position through);
    // What waits to settle and is urgent answers this error; the rest waits for another round.
    void round_failed(error_code error);
    // All that is ready; counted as waiting until it is answered.
    [[nodiscard]] Writes take_ready();
    void answer(Writes writes);
    // Everything that comes from now on, and all that is left, is answered `closed`.
    void close();

    [[nodiscard]] SnapshotStats stats() const;

private:
    struct Load {
        std::uint64_t count = 0;
        std::uint64_t bytes = 0;
    };

    Place place(Writes& one, Writes& answered);
    Place put(Writes& one, Writes& to);
    Place put_waiting(Writes& one, Writes& answered);
    // Takes waiting saves of this version away, unless one is an anchor.
    [[nodiscard]] error_code take_back(const SnapshotRemoval& removal, Writes& answered);
    void forget_newest(Writes::iterator save);
    [[nodiscard]] Load& load_of(const QueuedWrite& write);
    void unload(const QueuedWrite& write);

    const Unsettled& unsettled_;
    const Bounds bounds_;

    mutable std::mutex mutex_;  // guards what follows
    Writes waiting_;            // by settles_at
    Writes settling_;
    Writes ready_;
    // The newest automatic save of a stream in waiting_.
    std::unordered_map<StreamNumber, Writes::iterator> newest_;
    Load snapshots_;
    Load documents_;
    std::uint64_t saved_ = 0;
    bool closed_ = false;
};

}  // namespace firn

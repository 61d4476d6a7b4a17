// Streams that begin compacted go into LMDB at once, and not through the journal: an anchor may be
// far larger than an event, and the settler would have nothing to fold it from. All that was
// committed before settles first; so the journal goes on behind their positions, and recovery
// never meets a record from before them.
#include "storage/journaled/committer.hpp"
#include "storage/lmdb/compacted_start.hpp"

#include <boost/assert.hpp>

#include <algorithm>
#include <future>

namespace firn {

struct Committer::CompactedStart {
    Head* head;
    const StreamWrite* write;
    TransactionOutcome* outcome;
    StreamNumber stream;
    Position position;
};

void Committer::begin_compacted(std::span<const Transaction> group,
                                std::span<TransactionOutcome> outcomes) {
    std::vector<CompactedStart> starts;
    const auto give_up = [&](const error_code& error) {
        for (auto& start : starts) {
            start.head->staged_version = start.head->version;
        }
        for (auto& outcome : outcomes) {
            outcome = {.error = error, .streams = {}, .conflicts = {}};
        }
    };
    try {
        for (std::size_t i = 0; i != group.size(); ++i) {
            BOOST_ASSERT(group[i].writes.size() == 1);
            const auto& write = group[i].writes.front();
            auto& head = head_of(write.stream);
            if (head.staged_deleted || head.staged_version != no_version ||
                !write.expected.accepts(no_version)) {
                const auto reason = head.staged_deleted ? storage_errc::stream_deleted
                                                        : storage_errc::wrong_version;
                outcomes[i].error = reason;
                outcomes[i].conflicts.push_back({0, reason, head.staged_version, {}});
                continue;
            }
            const auto count = starts.size() + 1;
            starts.push_back({&head, &write, &outcomes[i],
                              StreamNumber{last_stream_.value() + count},
                              last_position_.plus(count)});
            head.staged_version = write.anchor->facts.version;  // what stands behind it refuses
            outcomes[i].streams.push_back(
                {head.staged_version.next(), head.staged_version, starts.back().position, {}});
        }
        if (const auto error = starts.empty() ? error_code() : settle_starts(starts)) {
            give_up(error);
        }
    } catch (const lmdb::LmdbError&) {
        give_up(storage_errc::io_failed);
    } catch (const lmdb::CorruptRecord&) {
        give_up(storage_errc::corrupt);
    } catch (const std::bad_alloc&) {
        give_up(make_error_code(boost::system::errc::not_enough_memory));
    }
}

bool Committer::may_have_settled(Position position) const {
    try {
        const auto transaction = environment_.read();
        const auto store = lmdb::read_store(transaction);
        return store && store->settled_position >= position;
    } catch (const lmdb::LmdbError&) {
        return true;
    } catch (const lmdb::CorruptRecord&) {
        return true;
    }
}

error_code Committer::settle_starts(std::span<const CompactedStart> starts) {
    if (failed_) {
        return storage_errc::store_failed;
    }
    std::promise<error_code> written;
    auto outcome = written.get_future();
    settler_.post(
        [starts](lmdb::WriteTransaction& transaction) {
            auto store = lmdb::read_store(transaction).value_or(lmdb::StoreRecord{});
            BOOST_ASSERT(store.settled_position.next() == starts.front().position);
            lmdb::Labels labels;
            for (const auto& start : starts) {
                lmdb::begin_compacted(transaction, start.write->stream, start.stream,
                                      *start.write->anchor, start.position, labels, store);
            }
            lmdb::write_store(transaction, store);
            return error_code();
        },
        Settler::When::after_settling, [&written](error_code error) { written.set_value(error); });
    if (const auto error = outcome.get()) {
        // A sync may have failed behind the write: then nobody knows whether it is durable, and
        // the journal must not go on behind it.
        failed_ = failed_ || may_have_settled(starts.front().position);
        return error;
    }
    last_stream_ = starts.back().stream;
    last_position_ = starts.back().position;
    streams_ += starts.size();
    for (const auto& start : starts) {
        unsettled_.forget(*start.head);
    }
    unsettled_.start_at(last_position_);
    return {};
}

}  // namespace firn

#include "storage/journaled/journaled_store.hpp"

#include "storage/journaled/committer.hpp"
#include "storage/journaled/cutter.hpp"
#include "storage/journaled/directory.hpp"
#include "storage/journaled/feed_reader.hpp"
#include "storage/journaled/journaled_documents.hpp"
#include "storage/journaled/journaled_snapshots.hpp"
#include "storage/journaled/journaled_vacuum.hpp"
#include "storage/journaled/read_boundary.hpp"
#include "storage/journaled/replay.hpp"
#include "storage/journaled/settler.hpp"
#include "storage/journaled/stream_reader.hpp"
#include "storage/lmdb/deletion.hpp"

#include <fmt/format.h>

#include <atomic>
#include <optional>

namespace firn {

namespace {

using Cause = StorageFailure::Cause;

std::unique_ptr<lmdb::Environment> open_environment(const StoreDirectory& directory,
                                                    std::size_t map_bytes) {
    try {
        auto environment = std::make_unique<lmdb::Environment>(directory.current_file(), map_bytes);
        environment->drop_stale_readers();
        std::optional<lmdb::StoreRecord> record;
        {
            const auto transaction = environment->read();
            record = lmdb::read_store(transaction);
        }
        if (!record) {
            auto transaction = environment->write();
            lmdb::StoreRecord fresh;
            fresh.format = directory.format();
            fresh.store = directory.store();
            lmdb::write_store(transaction, fresh);
            transaction.commit();
        } else if (record->format > lmdb::format_version) {
            throw StorageFailure(
                Cause::newer_format,
                fmt::format("{} was written by a newer Firn (format {}, this program knows up to "
                            "{}); use that version",
                            directory.current_file().string(), record->format,
                            lmdb::format_version));
        } else if (record->format < lmdb::format_oldest || record->format > directory.format()) {
            throw StorageFailure(
                Cause::damaged,
                fmt::format("{} has format {}, but the directory says {}; restore the directory "
                            "from a copy",
                            directory.current_file().string(), record->format, directory.format()));
        } else if (record->store != directory.store()) {
            throw StorageFailure(Cause::damaged, fmt::format("{} belongs to another store",
                                                             directory.current_file().string()));
        }
        directory.remove_leftovers();
        return environment;
    } catch (const lmdb::LmdbError& error) {
        const bool damaged = error.code() == MDB_INVALID || error.code() == MDB_CORRUPTED ||
                             error.code() == MDB_PAGE_NOTFOUND;
        const auto cause = error.disk_is_full() ? Cause::no_room
                           : damaged            ? Cause::damaged
                                                : Cause::system;
        throw StorageFailure(cause, fmt::format("cannot open {}: {}",
                                                directory.current_file().string(), error.what()));
    } catch (const lmdb::CorruptRecord& error) {
        throw StorageFailure(Cause::damaged,
                             fmt::format("{} is damaged: {}; restore the directory from a copy",
                                         directory.current_file().string(), error.what()));
    }
}

// Built bottom-up, stopped top-down.
class JournaledStore final : public EventStore {
public:
    explicit JournaledStore(JournaledConfig config)
        : config_(std::move(config)),
          directory_(config_.directory),
          environment_(open_environment(directory_, config_.map_bytes)),
          replay_(std::in_place, *environment_, unsettled_),
          journal_(journal_config(), recover()),
          settler_(config_, *environment_, journal_, unsettled_),
          committer_(config_, *environment_, journal_, unsettled_, settler_),
          streams_(*environment_, unsettled_),
          feed_(*environment_, unsettled_),
          snapshots_(config_, *environment_, unsettled_, settler_),
          documents_(config_, *environment_, settler_),
          cutter_(*environment_, unsettled_, settler_, committer_) {
        committer_.start(replay_->result());
        replay_.reset();
        settler_.start();
    }
    ~JournaledStore() override {
        settler_.stop();
        journal_.close();
    }

    std::vector<TransactionOutcome> commit(std::span<const Transaction> group) override {
        return committer_.commit(group);
    }
    result<StreamFacts> facts(const StreamName& stream) const override {
        return reading_([&] { return streams_.facts(stream); });
    }
    result<Version> head_version(const StreamName& stream) const override {
        return reading_([&] { return streams_.head_version(stream); });
    }
    result<StreamPage> read(const StreamName& stream, const StreamQuery& query) const override {
        return reading_([&] { return streams_.read(stream, query); });
    }
    result<FeedPage> feed(const FeedQuery& query) const override {
        return reading_([&] { return feed_.read(query); });
    }
    result<FeedWindow> gather(const FeedQuery& query, FeedWindow done) const override {
        return reading_([&] { return feed_.gather(query, std::move(done)); });
    }
    result<StreamList> list(const ListQuery& query) const override {
        return reading_([&] { return streams_.list(query); });
    }
    result<std::optional<RememberedEvent>> find_event(const StreamName& stream,
                                                      const EventId& id) const override {
        return reading_([&] { return streams_.find_event(stream, id); });
    }
    SnapshotStore& snapshots() noexcept override { return snapshots_; }
    DocumentStore& documents() noexcept override { return documents_; }
    Position head_position() const override { return unsettled_.head_position(); }
    StoreStats stats() const override;
    void begin_cut(const StreamName& stream, Version up_to, CutTerms terms, CutDone done) override {
        cutter_.begin_cut(stream, up_to, std::move(terms), std::move(done));
    }
    void begin_reclaim(std::uint32_t events_max, ReclaimDone done) override {
        cutter_.begin_reclaim(events_max, std::move(done));
    }
    result<bool> is_reclaimed(const StreamName& stream) const override {
        return reading_([&] { return cutter_.is_reclaimed(stream); });
    }
    result<VacuumNeeds> vacuum_needs() const override {
        return reading_([&]() -> result<VacuumNeeds> {
            return firn::vacuum_needs(*environment_, directory_.path());
        });
    }
    result<std::unique_ptr<Vacuum>> begin_vacuum() override;

private:
    journal::JournalConfig journal_config() const {
        return {.directory = directory_.journal(),
                .store = directory_.store(),
                .segment_bytes = journal::padded(config_.segment_bytes),
                .segments = std::max<std::size_t>(config_.segments, 2),
                .report = config_.report};
    }
    journal::JournalStart recover() {
        std::uint64_t settled = 0;
        {
            const auto transaction = environment_->read();
            settled = lmdb::read_store(transaction).value_or(lmdb::StoreRecord{}).settled_sequence;
        }
        return journal::recover({.directory = directory_.journal(),
                                 .store = directory_.store(),
                                 .settled_sequence = settled},
                                [this](const auto& record) { replay_->take(record); });
    }

    const JournaledConfig config_;
    const ReadBoundary reading_{config_};
    StoreDirectory directory_;
    std::unique_ptr<lmdb::Environment> environment_;
    Unsettled unsettled_;
    std::optional<Replay> replay_;
    journal::Journal journal_;
    Settler settler_;
    Committer committer_;
    StreamReader streams_;
    FeedReader feed_;
    JournaledSnapshots snapshots_;
    JournaledDocuments documents_;
    Cutter cutter_;
    std::atomic<bool> vacuuming_{false};
};

StoreStats JournaledStore::stats() const {
    StoreStats stats;
    stats.streams = committer_.streams();
    stats.events = committer_.events();
    stats.head_position = unsettled_.head_position();
    stats.bytes_journal = journal_.file_bytes();
    const auto pending = unsettled_.pending();
    stats.pending_events = pending.events;
    stats.pending_bytes = pending.bytes;
    stats.heads_cached = pending.heads;
    try {
        const auto space = environment_->space();
        stats.bytes_live = space.live;
        stats.bytes_free = space.free;
        stats.bytes_file = space.file;
        stats.oldest_reader = environment_->oldest_reader();
        const auto transaction = environment_->read();
        stats.reclaim_waiting = lmdb::garbage_waiting(transaction);
    } catch (const std::exception& error) {
        stats.condition = error.what();
    }
    if (const auto condition = settler_.condition()) {
        stats.accepting = false;
        stats.condition = condition->sentence;
    }
    if (committer_.has_failed()) {
        stats.accepting = false;
        stats.condition = "a failure left unknown what is durable; open the store again";
    }
    return stats;
}

result<std::unique_ptr<Vacuum>> JournaledStore::begin_vacuum() {
    if (vacuuming_.exchange(true)) {
        return storage_errc::already_running;
    }
    // Given back when the vacuum is destroyed, or was not begun.
    JournaledVacuum::Turn turn(nullptr, [this](void*) { vacuuming_ = false; });
    return reading_([&]() -> result<std::unique_ptr<Vacuum>> {
        auto vacuum = std::make_unique<JournaledVacuum>(std::move(turn), config_, directory_,
                                                        *environment_, settler_);
        if (const auto begun = vacuum->begin(); !begun) {
            return begun.error();
        }
        return vacuum;
    });
}

}  // namespace

std::unique_ptr<EventStore> open_journaled_store(JournaledConfig config) {
    const auto path = config.directory.string();
    try {
        return std::make_unique<JournaledStore>(std::move(config));
    } catch (const lmdb::CorruptRecord& error) {
        throw StorageFailure(Cause::damaged,
                             fmt::format("{} is damaged: {}; restore the directory from a copy",
                                         path, error.what()));
    } catch (const lmdb::LmdbError& error) {
        throw StorageFailure(error.disk_is_full() ? Cause::no_room : Cause::system,
                             fmt::format("cannot open {}: {}", path, error.what()));
    } catch (const std::system_error& error) {
        throw StorageFailure(Cause::system, fmt::format("cannot open {}: {}", path, error.what()));
    }
}

}  // namespace firn

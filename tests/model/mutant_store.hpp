// A store that does one thing wrong, to see that a walk finds it. Everything else goes to a memory
// store; a mutant overrides the one call that it spoils.
// Thread and errors: as EventStore.
#pragma once

#include "storage/memory/memory_store.hpp"
#include "tests/support/store_under_test.hpp"

#include <memory>
#include <utility>

namespace firn::test {

class MutantStore : public EventStore {
public:
    std::vector<TransactionOutcome> commit(std::span<const Transaction> group) override {
        return sound_->commit(group);
    }
    result<StreamFacts> facts(const StreamName& stream) const override {
        return sound_->facts(stream);
    }
    result<Version> head_version(const StreamName& stream) const override {
        return sound_->head_version(stream);
    }
    result<StreamPage> read(const StreamName& stream, const StreamQuery& query) const override {
        return sound_->read(stream, query);
    }
    result<FeedPage> feed(const FeedQuery& query) const override { return sound_->feed(query); }
    result<StreamList> list(const ListQuery& query) const override { return sound_->list(query); }
    result<std::optional<RememberedEvent>> find_event(const StreamName& stream,
                                                      const EventId& id) const override {
        return sound_->find_event(stream, id);
    }
    Position head_position() const override { return sound_->head_position(); }
    StoreStats stats() const override { return sound_->stats(); }
    void begin_cut(const StreamName& stream, Version up_to, CutTerms terms, CutDone done) override {
        sound_->begin_cut(stream, up_to, std::move(terms), std::move(done));
    }
    void begin_reclaim(std::uint32_t events_max, ReclaimDone done) override {
        sound_->begin_reclaim(events_max, std::move(done));
    }
    result<bool> is_reclaimed(const StreamName& stream) const override {
        return sound_->is_reclaimed(stream);
    }
    result<VacuumNeeds> vacuum_needs() const override { return sound_->vacuum_needs(); }
    result<std::unique_ptr<Vacuum>> begin_vacuum() override { return sound_->begin_vacuum(); }
    SnapshotStore& snapshots() noexcept override { return sound_->snapshots(); }
    DocumentStore& documents() noexcept override { return sound_->documents(); }
    // The store was closed and opened, in good order or not.
    virtual void reopened(bool crashed) { static_cast<void>(crashed); }

protected:
    EventStore& sound() const { return *sound_; }

private:
    std::unique_ptr<EventStore> sound_ = make_memory_store();
};

class MutantUnderTest final : public StoreUnderTest {
public:
    explicit MutantUnderTest(std::unique_ptr<MutantStore> mutant) : mutant_(std::move(mutant)) {}

    EventStore& store() override { return *mutant_; }
    void reopen() override { mutant_->reopened(false); }
    void crash_and_reopen() override { mutant_->reopened(true); }

private:
    std::unique_ptr<MutantStore> mutant_;
};

}  // namespace firn::test

// Does the same random operations to a store and to the memory model, and compares every answer,
// times and chain hashes included: the model's clock is set to what the store stamped.
// Thread: one at a time. Errors: throws Mismatch at the first answer that differs; what() holds
// the seed, the step, the operation and the difference.
#pragma once

#include "tests/model/operation_source.hpp"
#include "tests/support/store_under_test.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace firn::test {

class Mismatch : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class RandomWalk {
public:
    RandomWalk(StoreUnderTest& tested, Random random);
    RandomWalk(const RandomWalk&) = delete;
    RandomWalk& operator=(const RandomWalk&) = delete;

    void steps(std::uint64_t count);
    // Every stream with its snapshots, the whole feed and all documents.
    void compare_everything();

private:
    void step();
    void require(bool same, const std::string& what) const;

    void apply(const Commit& commit);
    void apply(const Read& read);
    void apply(const Feed& feed);
    void check_window(FeedQuery query);
    void apply(const List& list);
    void apply(const Facts& facts);
    void apply(const FindEvent& find);
    void apply(const SaveSnapshot& save);
    void apply(const LoadSnapshot& load);
    void apply(const RemoveSnapshot& remove);
    void apply(const WriteDocument& write);
    void apply(const ReadDocuments& read);
    void apply(const Cut& cut);
    void apply(const Reclaim& reclaim);
    void apply(const VacuumStep& step);
    void apply(const Stats& stats);
    void apply(const Reopen& reopen);
    void apply(const Crash& crash);
    // Automatic saves wait for others: asks for one that may not wait.
    void settle_saves();
    // What the store stamped on this group, or the last stamp if it stamped nothing. The last
    // event of a drawn append never carries a time of its own, so that the answer tells.
    Timestamp stamp_of(const std::vector<TransactionOutcome>& outcomes) const;

    EventStore& store() { return tested_.store(); }

    StoreUnderTest& tested_;
    Random random_;
    Timestamp stamp_{};
    std::unique_ptr<EventStore> model_;
    OperationSource source_;
    std::uint64_t step_ = 0;
    Operation operation_ = Stats{};
    std::unique_ptr<Vacuum> vacuum_;
};

}  // namespace firn::test

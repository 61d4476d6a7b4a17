// One compaction of one stream, from plan to reclaim:
//
//   1. plan      how far events may go (compaction_plan.hpp); nothing: skipped
//   2. replay    the state there, folded again from the store in fresh sandboxes (replay.hpp)
//   3. snapshot  both copies of the anchor, durable, not in effect
//   4. verify    both copies as read again; from them over the kept events to the state that is
//                served: equal, or nothing is deleted
//   5. cut       one transaction checks again what the plan rests on, and makes the prefix
//                unreadable, the anchor take effect, and the report say so
//   6. reclaim   chunks go in slices
//
// Nothing is lost before the cut: whatever fails there ends as `failed` with a reason. From the
// cut on it only goes forward; a crash leaves what the next start goes on reclaiming.
// A dry run does 1 and 2 and the comparisons of 4 in memory.
// An external decider's client folds in place of 2: the job ends as awaiting_verification, and
// begins again with the hash that the client computed.
//
// Thread: run() on one executor, a slice at a time; memory does not grow with the stream.
// Errors: in the report.
#pragma once

#include "actors/compaction/compaction_control.hpp"
#include "actors/compaction/compaction_host.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

class Compaction {
public:
    // `client_hash`: of an external decider's client, for the version that the report names.
    Compaction(std::shared_ptr<CompactionHost> host, CompactionReport report,
               std::shared_ptr<CompactionControl> control,
               std::optional<Hash> client_hash = std::nullopt);

    // Ends with the report as it was kept, which the caller publishes; it is not over if the store
    // closed meanwhile. Call once; the object outlives it.
    [[nodiscard]] boost::asio::awaitable<CompactionReport> run();
    // For the one who runs it: the failure says that the decider or the data cannot be trusted.
    [[nodiscard]] bool is_suspect() const noexcept { return suspect_; }

private:
    // What a step leaves to do.
    enum class Next : std::uint8_t { go_on, plan_again, over, closed };

    boost::asio::awaitable<Next> compact();
    boost::asio::awaitable<Next> plan();
    boost::asio::awaitable<Next> replay();
    boost::asio::awaitable<Next> write_anchor();
    boost::asio::awaitable<Next> verify();
    boost::asio::awaitable<Next> cut();
    boost::asio::awaitable<Next> size_up();
    boost::asio::awaitable<Next> reclaim();
    boost::asio::awaitable<void> take_anchor_back();

    struct Folded {
        error_code error = {};
        std::optional<FoldFailure> failure = {};
        bool done = false;
    };
    using FoldSome = std::function<Folded(const EventStore&)>;
    // `what`: "the kept events".
    boost::asio::awaitable<Next> fold_in_slices(std::string_view what, const FoldSome& fold_some);

    [[nodiscard]] Next take_base(const CompactionHost::Stores& stores);
    [[nodiscard]] Next take_client_state(const CompactionHost::Stores& stores);
    [[nodiscard]] Next compare_copies(const CompactionHost::Stores& stores);
    boost::asio::awaitable<Next> compare_live();

    void enter(CompactionPhase phase);
    Next fail(std::string reason);
    // What must not be: the decider or the store is not what it should be.
    Next fail_suspect(std::string reason);
    Next fail(const error_code& error, std::string_view doing);
    Next end(CompactionStatus status, std::string reason);
    [[nodiscard]] static std::string at_version(const FoldFailure& failure);

    const std::shared_ptr<CompactionHost> host_;
    CompactionReport report_;
    const std::shared_ptr<CompactionControl> control_;
    const std::optional<Hash> client_hash_;

    std::shared_ptr<const CategoryInEffect> by_;
    std::uint64_t blockers_mark_ = 0;
    ReplayBase base_;
    std::string state_;  // at up_to_version
    Hash state_hash_{};
    Hash chain_hash_{};
    Version anchor_written_;
    bool suspect_ = false;
};

}  // namespace firn

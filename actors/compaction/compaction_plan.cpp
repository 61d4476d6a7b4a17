#include "actors/compaction/compaction_plan.hpp"

#include <algorithm>

namespace firn {

namespace {

std::string counted(std::uint64_t events) {
    return std::to_string(events) + (events == 1 ? " event" : " events");
}

}  // namespace

CompactionPlan plan_compaction(const CompactionFacts& facts, const CompactionOptions& options) {
    const Version base{facts.first_version.value() - 1};
    const auto held = facts.head.since(base);
    CompactionPlan plan{facts.head, {}, {}};
    if (held == 0) {
        plan.up_to = base;
        plan.reason = "the stream holds no events";
        return plan;
    }
    std::string bound;
    const auto hold_at = [&](Version version, auto say) {
        if (version < plan.up_to) {
            plan.up_to = version;
            bound = say();
        }
    };
    if (options.keep_last) {
        const auto kept = std::min(*options.keep_last, facts.head.value());
        hold_at(Version{facts.head.value() - kept}, [&] {
            return "keep_last is " + std::to_string(*options.keep_last) +
                   ", and the stream holds " + counted(held);
        });
    }
    if (options.up_to_version) {
        hold_at(*options.up_to_version, [&] {
            return "up_to_version is " + std::to_string(options.up_to_version->value()) +
                   ", and the oldest event held has version " +
                   std::to_string(facts.first_version.value());
        });
    }
    const auto unblocked = plan.up_to;
    for (const auto& blocker : facts.blockers) {
        if (unblocked > base && blocker.version < unblocked) {
            plan.blockers.push_back(blocker);
        }
        hold_at(blocker.version, [&] {
            return "the subscription \"" + blocker.subscription + "\" blocks: it has read " +
                   (blocker.version == no_version
                        ? std::string("none of its events")
                        : "up to version " + std::to_string(blocker.version.value())) +
                   ", and the oldest that it has not is " + std::to_string(blocker.age.count()) +
                   " s old";
        });
    }
    if (plan.up_to <= base) {
        plan.up_to = base;
        plan.reason = bound;
    }
    return plan;
}

}  // namespace firn

#include "actors/errors.hpp"

namespace firn {

namespace {

class ActorCategory final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "firn.actor"; }
    std::string message(int code) const override {
        switch (static_cast<actor_errc>(code)) {
            case actor_errc::overloaded: return "a queue is full; try again shortly";
            case actor_errc::closed: return "the service is stopping";
            case actor_errc::fold_failed: return "an event could not be folded into the state";
            case actor_errc::bad_request: return "an argument is out of its bounds";
            case actor_errc::command_rejected: return "the decider refuses the command";
            case actor_errc::no_decide: return "the category's decider has no decide";
            case actor_errc::invalid_decider: return "the decider cannot work";
            case actor_errc::subscription_not_found: return "there is no such subscription";
            case actor_errc::subscriptions_full:
                return "there are as many subscriptions as there may be";
            case actor_errc::start_is_fixed: return "the subscription began elsewhere";
            case actor_errc::position_past_head: return "there is no event at that position yet";
            case actor_errc::unrecoverable_state:
                return "what stands in for deleted events is damaged";
            case actor_errc::decider_not_declared: return "the category has no declared decider";
            case actor_errc::migration_needed:
                return "compacted streams need a decider that migrates their states";
            case actor_errc::plan_changed: return "what the plan rests on has changed";
            case actor_errc::compaction_running: return "another compaction runs on the stream";
            case actor_errc::compaction_not_found: return "there is no such compaction";
        }
        return "unknown actor error";
    }
};

}  // namespace

const boost::system::error_category& actor_category() noexcept {
    static const ActorCategory category;
    return category;
}

}  // namespace firn

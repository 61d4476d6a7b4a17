#include "actors/deciders/engine.hpp"

namespace firn {

Decision FoldedState::decide(const Command& /*command*/) {
    return {};
}

DeciderEngine::Restored DeciderEngine::migrate(std::string_view /*json*/,
                                               std::uint32_t /*from_revision*/) const {
    return failure("this decider has no migrate");
}

}  // namespace firn

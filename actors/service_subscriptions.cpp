// Subscriptions: the part of a service that remembers how far its readers are.
#include "actors/service_impl.hpp"

namespace firn {

void Service::Impl::set_subscription(const std::string& name, SubscriptionSettings settings,
                                     Reply<SubscriptionOutcome> reply) {
    context_->subscriptions->set(name, std::move(settings), answering(std::move(reply)));
}

void Service::Impl::delete_subscription(const std::string& name, Reply<SubscriptionOutcome> reply) {
    context_->subscriptions->remove(name, answering(std::move(reply)));
}

void Service::Impl::acknowledge(const std::string& name, Position position,
                                Reply<SubscriptionOutcome> reply) {
    context_->subscriptions->acknowledge(name, position, answering(std::move(reply)));
}

}  // namespace firn

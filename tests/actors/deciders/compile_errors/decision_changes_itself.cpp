// Expected: the decision must be callable as const, with (firn::StreamsInHand&)
#include "actors/typed_transaction.hpp"

struct Mistaken {
    int attempts = 0;
    boost::asio::awaitable<void> operator()(firn::StreamsInHand&) {
        ++attempts;
        co_return;
    }
};

void use(firn::Service& service) {
    const Mistaken decision;
    auto call = firn::execute(service, decision);
}

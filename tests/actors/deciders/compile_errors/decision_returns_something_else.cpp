// Expected: the decision must return boost::asio::awaitable<void> or
#include "actors/typed_transaction.hpp"

struct Mistaken {
    boost::asio::awaitable<bool> operator()(firn::StreamsInHand&) const { co_return true; }
};

void use(firn::Service& service) {
    const Mistaken decision;
    auto call = firn::execute(service, decision);
}

// Expected: GCC before 13 frees an unnamed aggregate in a co_await expression twice
#include "actors/typed_transaction.hpp"

#include <string>

struct Decision {
    std::string from;
    boost::asio::awaitable<void> operator()(firn::StreamsInHand&) const { co_return; }
};

boost::asio::awaitable<bool> use(firn::Service& service) {
    const auto done = co_await firn::execute(service, Decision{"1"});
    co_return done.has_value();
}

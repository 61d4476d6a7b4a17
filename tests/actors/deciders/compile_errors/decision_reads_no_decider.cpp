// Expected: D::initial must be callable as static State initial()
#include "actors/typed_transaction.hpp"
#include "tests/actors/deciders/compile_errors/counter.hpp"

struct Mistaken {
    using State = firn::test::Count;
    using Event = firn::test::Counted;
    static State evolve(State state, const Event&) { return state; }
};

boost::asio::awaitable<void> decide(firn::StreamsInHand& streams) {
    const auto counter = co_await streams.read<Mistaken>("counter", "1");
    counter.append(firn::test::Counted{1});
}

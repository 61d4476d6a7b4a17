// Expected: the event must be a D::Event, or one of its alternatives
#include "actors/typed_transaction.hpp"
#include "tests/actors/deciders/compile_errors/counter.hpp"
#include "tests/support/account.hpp"

void use(firn::StreamsInHand& streams) {
    streams.append<firn::test::Counter>("counter", "1", firn::test::Account::Deposited{1});
}

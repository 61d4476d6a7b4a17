// Expected: GCC before 13 frees an unnamed aggregate in a co_await expression twice
#include "actors/typed_stream.hpp"
#include "tests/support/account.hpp"

boost::asio::awaitable<bool> open(firn::Service& service) {
    const auto account = service.stream<firn::test::Account>("account", "42");
    const auto opened = co_await account.execute(firn::test::Account::Open{"ann"});
    co_return opened.has_value();
}

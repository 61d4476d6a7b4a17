#include "actors/deciders/lua/lua_engine.hpp"
#include <boost/test/unit_test.hpp>
BOOST_AUTO_TEST_CASE(x) {
    auto engine = firn::make_lua_engine("initial = {} function evolve(s,e) s.n = (s.n or 0) + e.data.n return s end");
    BOOST_REQUIRE_MESSAGE(engine, engine.error().reason);
    auto state = (*engine)->initial();
    firn::EventView e; e.data=R"({"n":3})"; e.metadata="{}"; e.type="a";
    auto f = state->evolve(e);
    BOOST_TEST_MESSAGE((f ? *f : ""));
    BOOST_REQUIRE(!f);
    std::string out;
    BOOST_REQUIRE(!state->write_json(out));
    BOOST_TEST(out == "x");
    BOOST_TEST(state->memory_bytes() == 1);
}

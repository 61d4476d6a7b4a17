// Deciders that mean no good, on a server that others use.
#include "tests/support/served_store.hpp"

namespace firn::test {

namespace {

struct Hostile : ServedStore {
    // The category's streams cannot be folded, and say why; everybody else goes on.
    void must_fail_alone(const std::string& evolve, std::string_view reason) {
        set_category("hostile", lua_settings("initial = {}\nfunction evolve(state, event)\n" +
                                             evolve + "\nreturn state\nend"));
        append("hostile/1", R"({"type":"Happened"})");
        append("order/1", R"({"type":"Placed","data":{"total":30}})");
        const auto failed = client.get("/v1/streams/hostile/1/state");
        BOOST_TEST(failed.status == 500);
        BOOST_TEST(slug_of(failed) == "fold-failed");
        BOOST_TEST(failed.body.find(reason) != std::string::npos, failed.body);
        BOOST_TEST(json_of(failed).at("version").as_int64() == 1);
        BOOST_TEST(client.get("/v1/streams/hostile/1/events").status == 200);
        BOOST_TEST(client.get("/v1/streams/order/1/state").status == 200);
        BOOST_TEST(client.get("/livez").status == 200);
        set_category("hostile", R"({"decider":{"kind":"merge_patch"}})");
        BOOST_TEST(client.get("/v1/streams/hostile/1/state").status == 200);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_hostile_decider_on_a_server, Hostile)

BOOST_AUTO_TEST_CASE(when_it_loops_for_ever_then_only_its_streams_fail) {
    must_fail_alone("while true do end", "instructions");
}
BOOST_AUTO_TEST_CASE(when_it_takes_all_memory_then_only_its_streams_fail) {
    // In large blocks: on a slow machine, many small ones would meet the limit of time first.
    must_fail_alone("local t, x = {}, string.rep('x', 1e5) for i = 1, 1e9 do t[i] = x .. i end",
                    "memory");
}
BOOST_AUTO_TEST_CASE(when_it_recurses_for_ever_then_only_its_streams_fail) {
    must_fail_alone("local function deeper() return 1 + deeper() end deeper()", "depth of calls");
}
BOOST_AUTO_TEST_CASE(when_it_reaches_for_the_system_then_only_its_streams_fail) {
    must_fail_alone("os.exit(1)", "os");
}
BOOST_AUTO_TEST_CASE(when_it_returns_no_json_then_only_its_streams_fail) {
    must_fail_alone("state.x = 0/0", "NaN");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

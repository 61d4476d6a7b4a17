// The chain hash against values that chain_hash_vector.py, beside this file, computed with
// Python's hashlib, and what must change it.
#include "storage/chain_hash.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace firn;

namespace {

EventView opened() {
    EventView event;
    for (unsigned i = 0; i < event.id.size(); ++i) {
        event.id[i] = static_cast<std::byte>(i);
    }
    event.type = "Opened";
    event.data = R"({"n":1})";
    event.metadata = "{}";
    event.version = Version{1};
    event.recorded_at = Timestamp{std::chrono::microseconds{1'700'000'000'123'456}};
    return event;
}

EventView closed() {
    EventView event;
    event.type = "Closed";
    event.data = "";
    event.metadata = R"({"by":"x"})";
    event.version = Version{2};
    event.recorded_at = Timestamp{std::chrono::microseconds{-1}};
    return event;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_stream_to_hash)

BOOST_AUTO_TEST_CASE(when_hashed_then_it_equals_the_independent_value) {
    auto chain = chain_start("order", "caf\u00e9/1");
    BOOST_TEST(to_hex(chain) == "f426760b9e7fa1852b176fbcd1c08606b5d76398aa4d597354888e29d137346c");
    chain = chain_next(chain, opened());
    BOOST_TEST(to_hex(chain) == "40a956ea2075e1d768935ce56f434027563d7b0ff57fd8e32bde30240fcefa9f");
    chain = chain_next(chain, closed());
    BOOST_TEST(to_hex(chain) == "63e4eff93ba0ff2bcf0ceced02f933bc6c1f31d772a21417ef379b91fb71ca70");
}

BOOST_AUTO_TEST_CASE(when_bytes_move_between_category_and_id_then_the_start_differs) {
    const std::set<Hash> starts{chain_start("ab", "c"), chain_start("a", "bc"),
                                chain_start("abc", ""), chain_start("", "abc")};
    BOOST_TEST(starts.size() == 4u);
}

BOOST_AUTO_TEST_CASE(when_any_part_of_an_event_changes_then_the_hash_changes) {
    const auto start = chain_start("order", "1");
    std::set<Hash> hashes{chain_next(start, opened())};
    const auto change = [&](auto spoil) {
        auto event = opened();
        spoil(event);
        hashes.insert(chain_next(start, event));
    };
    change([](EventView& e) { e.version = Version{2}; });
    change([](EventView& e) { e.id[15] = std::byte{0}; });
    change([](EventView& e) { e.type = "Opene"; });
    change([](EventView& e) { e.data = ""; });
    change([](EventView& e) { e.metadata = ""; });
    change([](EventView& e) { e.recorded_at += std::chrono::microseconds(1); });
    hashes.insert(chain_next(chain_start("order", "2"), opened()));
    BOOST_TEST(hashes.size() == 8u);
}

BOOST_AUTO_TEST_CASE(when_only_position_or_trace_change_then_the_hash_stays) {
    const auto start = chain_start("order", "1");
    auto event = opened();
    event.position = Position{99};
    event.traceparent = "00-1";
    event.id_from_client = true;
    BOOST_TEST((chain_next(start, event) == chain_next(start, opened())));
}

BOOST_AUTO_TEST_SUITE_END()

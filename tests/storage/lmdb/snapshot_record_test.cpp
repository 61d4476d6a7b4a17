// Records of snapshots and documents: what was put in comes out, and nothing else is believed.
#include "storage/lmdb/snapshot_record.hpp"

#include "tests/support/snapshot_builder.hpp"

#include <boost/test/unit_test.hpp>

using namespace firn;
using namespace firn::lmdb;
using namespace firn::test;

namespace {

const StreamNumber stream{42};

Snapshot full_snapshot(std::string state) {
    auto snapshot = snapshot_of({7, SnapshotKind::client, 3, std::move(state)});
    snapshot.facts.chain_hash = hash_number(99);
    snapshot.facts.bytes = snapshot.state.size();
    return snapshot;
}

std::string repeating(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) {
        text += "{\"quantity\":1,\"article\":\"skis\"},";
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_snapshots_record)

BOOST_AUTO_TEST_CASE(when_it_is_decoded_then_the_snapshot_comes_back) {
    for (const std::size_t bytes : {1u, 200u, 300u, 100'000u}) {
        const auto snapshot = full_snapshot(repeating(bytes));
        const auto record = encode_snapshot(stream, snapshot);
        const auto decoded = decode_snapshot(stream, Version{7}, record);
        BOOST_REQUIRE(decoded.has_value());
        BOOST_TEST(same(*decoded, snapshot));
        BOOST_TEST(same(decode_snapshot_facts(stream, Version{7}, record).value(), snapshot.facts));
    }
}

BOOST_AUTO_TEST_CASE(when_a_long_state_repeats_itself_then_it_is_stored_smaller) {
    const auto state = repeating(10'000);
    BOOST_TEST(encode_snapshot(stream, full_snapshot(state)).size() < state.size() / 5);
    const std::string short_state = repeating(200);
    BOOST_TEST(encode_snapshot(stream, full_snapshot(short_state)).find(short_state) !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_its_key_or_any_bit_differs_then_it_is_refused) {
    for (const std::size_t bytes : {10u, 600u}) {
        const auto good = encode_snapshot(stream, full_snapshot(repeating(bytes)));
        BOOST_TEST(!decode_snapshot(stream, Version{8}, good).has_value());
        BOOST_TEST(!decode_snapshot(StreamNumber{43}, Version{7}, good).has_value());
        for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
            auto record = good;
            record[bit / 8] = static_cast<char>(record[bit / 8] ^ (1 << (bit % 8)));
            BOOST_TEST(!decode_snapshot(stream, Version{7}, record).has_value(), "bit " << bit);
            BOOST_TEST(!decode_snapshot_facts(stream, Version{7}, record).has_value());
        }
        for (std::size_t size = 0; size < good.size(); ++size) {
            BOOST_TEST(!decode_snapshot(stream, Version{7}, good.substr(0, size)).has_value());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_documents_record)

BOOST_AUTO_TEST_CASE(when_it_is_decoded_then_the_text_comes_back) {
    for (const std::string text : {"", "{}", "a longer text"}) {
        const auto record = encode_document("ckey", text);
        BOOST_TEST(decode_document("ckey", record).value() == text);
    }
}

BOOST_AUTO_TEST_CASE(when_its_key_or_any_bit_differs_then_it_is_refused) {
    const auto good = encode_document("ckey", "{\"every\":100}");
    BOOST_TEST(!decode_document("pkey", good).has_value());
    BOOST_TEST(!decode_document("ckeys", good).has_value());
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        auto record = good;
        record[bit / 8] = static_cast<char>(record[bit / 8] ^ (1 << (bit % 8)));
        BOOST_TEST(!decode_document("ckey", record).has_value(), "bit " << bit);
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        BOOST_TEST(!decode_document("ckey", good.substr(0, size)).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

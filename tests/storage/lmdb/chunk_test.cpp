// Chunks and position blocks: built, extended, read back; refused wherever a bit differs.
#include "storage/bytes.hpp"
#include "storage/chain_hash.hpp"
#include "storage/checksum.hpp"
#include "storage/lmdb/position_block.hpp"
#include "tests/storage/lmdb/given_an_environment.hpp"
#include "tests/support/random.hpp"

#include <limits>

using namespace firn;
using namespace firn::lmdb;
using namespace firn::test;

namespace {

const StreamNumber stream{42};

std::vector<Version> versions_in(std::string_view chunk, Version first) {
    std::vector<Version> versions;
    auto reader = ChunkReader::open(stream, first, chunk);
    BOOST_REQUIRE(reader.has_value());
    EventView event;
    while (reader->next(event)) {
        BOOST_TEST(event.position == chunk_event(event.version.value()).view.position);
        BOOST_TEST((event.recorded_at == chunk_event(event.version.value()).view.recorded_at));
        BOOST_TEST(event.data == "{\"v\":" + std::to_string(event.version.value()) + "}");
        versions.push_back(event.version);
    }
    BOOST_TEST(!reader->is_corrupt());
    return versions;
}

std::vector<Version> from_to(std::uint64_t first, std::uint64_t last) {
    std::vector<Version> versions;
    for (; first <= last; ++first) {
        versions.emplace_back(first);
    }
    return versions;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_chunk)

BOOST_AUTO_TEST_CASE(when_it_is_read_then_its_events_come_back_in_order) {
    const auto chunk = chunk_of(stream, 7, 19);
    BOOST_TEST(versions_in(chunk, Version{7}) == from_to(7, 19), boost::test_tools::per_element());
    const auto reader = ChunkReader::open(stream, Version{7}, chunk);
    BOOST_TEST(reader->header().count == 13u);
    BOOST_TEST(reader->end_version() == Version{20});
}

BOOST_AUTO_TEST_CASE(when_it_is_gone_through_to_an_event_then_that_event_comes_and_none_behind_it) {
    const auto chunk = chunk_of(stream, 7, 19);
    auto reader = ChunkReader::open(stream, Version{7}, chunk);
    BOOST_REQUIRE(reader.has_value());
    EventView event;
    for (const std::uint64_t version : {7u, 8u, 12u, 19u}) {
        BOOST_REQUIRE(reader->go_to(Version{version}, event));
        BOOST_TEST(event.version == Version{version});
        BOOST_TEST(event.position == chunk_event(version).view.position);
        EventDecoder decoder(reader->last_encoded());
        BOOST_REQUIRE(decoder.decode_next(event));
        BOOST_TEST(event.data == "{\"v\":" + std::to_string(version) + "}");
        BOOST_TEST(reader->next_version() == Version{version + 1});
    }
    BOOST_TEST(!reader->go_to(Version{12}, event));
    BOOST_TEST(!reader->go_to(Version{20}, event));
    BOOST_TEST(!reader->is_corrupt());
}

BOOST_AUTO_TEST_CASE(when_it_is_read_or_taken_up_then_the_chain_hash_before_it_comes_back) {
    const auto before = chain_start("order", "1");
    const auto chunk = chunk_of(stream, 7, 9, before);
    BOOST_TEST((ChunkReader::open(stream, Version{7}, chunk)->header().chain_before == before));
    ChunkBuilder builder;
    BOOST_REQUIRE(builder.resume(stream, Version{7}, chunk));
    BOOST_TEST(builder.finish(stream, Version{7}) == chunk);
    builder.start({});
    BOOST_TEST(builder.empty());
    BOOST_TEST(builder.finish(stream, Version{7}).size() == chunk_header_bytes);
}

BOOST_AUTO_TEST_CASE(when_it_is_taken_up_again_then_it_grows_as_if_it_was_built_at_once) {
    ChunkBuilder builder;
    BOOST_REQUIRE(builder.resume(stream, Version{7}, chunk_of(stream, 7, 9)));
    for (std::uint64_t version = 10; version <= 12; ++version) {
        const auto event = chunk_event(version, "{\"v\":" + std::to_string(version) + "}");
        builder.add(event.view, event.encoded);
    }
    BOOST_TEST(builder.finish(stream, Version{7}) == chunk_of(stream, 7, 12));
    BOOST_TEST(builder.count() == 6u);
}

BOOST_AUTO_TEST_CASE(when_times_are_at_the_ends_of_their_range_then_they_come_back) {
    ChunkBuilder builder;
    const std::vector<std::int64_t> times = {std::numeric_limits<std::int64_t>::min(),
                                             std::numeric_limits<std::int64_t>::max(), 0, -1,
                                             std::numeric_limits<std::int64_t>::min()};
    for (std::size_t i = 0; i < times.size(); ++i) {
        auto event = chunk_event(i + 1);
        event.view.recorded_at = time_at(times[i]);
        builder.add(event.view, event.encoded);
    }
    const std::string chunk(builder.finish(stream, Version{1}));
    auto reader = ChunkReader::open(stream, Version{1}, chunk);
    BOOST_REQUIRE(reader.has_value());
    EventView event;
    for (const auto time : times) {
        BOOST_REQUIRE(reader->next(event));
        BOOST_TEST(event.recorded_at.time_since_epoch().count() == time);
    }
}

BOOST_AUTO_TEST_CASE(when_its_key_is_another_then_it_is_refused) {
    const auto chunk = chunk_of(stream, 7, 9);
    BOOST_TEST(!ChunkReader::open(stream, Version{8}, chunk).has_value());
    BOOST_TEST(!ChunkReader::open(StreamNumber{43}, Version{7}, chunk).has_value());
    ChunkBuilder builder;
    BOOST_TEST(!builder.resume(stream, Version{8}, chunk));
}

BOOST_AUTO_TEST_CASE(when_any_bit_differs_or_a_byte_is_missing_then_it_is_refused) {
    const auto good = chunk_of(stream, 7, 9);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        auto chunk = good;
        chunk[bit / 8] = static_cast<char>(chunk[bit / 8] ^ (1 << (bit % 8)));
        BOOST_TEST(!ChunkReader::open(stream, Version{7}, chunk).has_value(), "bit " << bit);
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        BOOST_TEST(!ChunkReader::open(stream, Version{7}, std::string_view(good).substr(0, size))
                        .has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_position_block)

BOOST_AUTO_TEST_CASE(when_it_is_decoded_then_its_entries_come_back) {
    std::vector<IndexEntry> entries;
    for (std::uint64_t i = 0; i < block_positions_max; ++i) {
        entries.push_back({StreamNumber{i * i + 1}, Version{UINT64_MAX - i},
                           static_cast<std::uint32_t>(i), UINT32_MAX});
    }
    const auto bytes = encode_position_block(Position{900}, entries);
    const auto decoded = decode_position_block(Position{900}, bytes);
    BOOST_REQUIRE(decoded.has_value() && decoded->size() == entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        BOOST_TEST((*decoded)[i].stream == entries[i].stream);
        BOOST_TEST((*decoded)[i].version == entries[i].version);
        BOOST_TEST((*decoded)[i].category_label == entries[i].category_label);
        BOOST_TEST((*decoded)[i].type_label == entries[i].type_label);
    }
}

BOOST_AUTO_TEST_CASE(when_it_has_holes_then_they_cost_two_bytes_a_run_and_come_back) {
    const IndexEntry entry{StreamNumber{1}, Version{2}, 3, 4};
    std::vector<IndexEntry> entries(block_positions_max);
    entries[3] = entry;
    entries[100] = entry;
    const auto bytes = encode_position_block(Position{900}, entries);
    // Checksum, number, two entries, three runs.
    BOOST_TEST(bytes.size() == 8u + 2 + 2 * 4 + 3 * 2);
    const auto decoded = decode_position_block(Position{900}, bytes);
    BOOST_REQUIRE(decoded.has_value() && decoded->size() == entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        BOOST_TEST((*decoded)[i].is_hole() == entries[i].is_hole());
    }
    BOOST_TEST((*decoded)[100].version == Version{2});
}

BOOST_AUTO_TEST_CASE(when_a_run_of_holes_is_empty_or_goes_past_the_end_then_it_is_refused) {
    for (const std::uint64_t run : {0u, 4u, 200u}) {
        std::string bytes(8, '\0');
        put_varint(bytes, 3);
        put_varint(bytes, 0);
        put_varint(bytes, run);
        const auto check = checksum(std::string_view(bytes).substr(8), 900);
        std::memcpy(bytes.data(), &check, sizeof(check));
        BOOST_TEST(!decode_position_block(Position{900}, bytes).has_value(), "run " << run);
    }
}

BOOST_AUTO_TEST_CASE(when_its_key_or_any_bit_differs_then_it_is_refused) {
    const std::vector<IndexEntry> entries = {{StreamNumber{1}, Version{2}, 3, 4},
                                             {StreamNumber{5}, Version{600}, 0, 0}};
    const auto good = encode_position_block(Position{900}, entries);
    BOOST_TEST(!decode_position_block(Position{901}, good).has_value());
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        auto bytes = good;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        BOOST_TEST(!decode_position_block(Position{900}, bytes).has_value(), "bit " << bit);
    }
}

BOOST_AUTO_TEST_SUITE_END()

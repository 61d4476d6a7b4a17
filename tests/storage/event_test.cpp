// Events in their binary form: what goes in comes out, and hostile bytes get nowhere.
#include "storage/event.hpp"
#include "storage/event_store.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/random.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace firn;
using namespace firn::test;

namespace {

std::string random_text(Random& random) {
    return random.bytes(random.percent(90) ? random.below(30) : random.below(70'000));
}

TestEvent random_event(Random& random) {
    TestEvent event;
    event.type = random_text(random);
    event.data = random_text(random);
    event.metadata = random.percent(50) ? "{}" : random_text(random);
    event.traceparent = random.percent(50) ? "" : random_text(random);
    if (random.percent(50)) {
        event.client_id = id_number(random.next());
    }
    if (random.percent(50)) {
        event.recorded_at =
            Timestamp{std::chrono::microseconds{static_cast<std::int64_t>(random.next())}};
    }
    return event;
}

// Decodes all it can from a heap block of exactly this size, touching every byte of every view.
std::size_t decode_all(const std::string& bytes) {
    const auto raw = std::make_unique<char[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), raw.get());
    EventDecoder decoder({raw.get(), bytes.size()});
    std::size_t used = 0;
    std::size_t sum = 0;
    EventView event;
    while (!decoder.at_end() && decoder.decode_next(event)) {
        used += decoder.last_bytes().size();
        for (const auto part : {event.type, event.data, event.metadata, event.traceparent}) {
            for (const char c : part) {
                sum += static_cast<unsigned char>(c);
            }
        }
    }
    BOOST_REQUIRE(used <= bytes.size());
    BOOST_REQUIRE(decoder.at_end());
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_encoded_events)

BOOST_AUTO_TEST_CASE(when_random_events_are_decoded_then_they_come_back_whole) {
    auto random = Random::announced("random events");
    for (int round = 0; round < 300; ++round) {
        std::vector<TestEvent> events;
        for (auto left = random.between(1, 8); left > 0; --left) {
            events.push_back(random_event(random));
        }
        const auto encoded = encode(events);
        BOOST_TEST(encoded->count() == events.size());
        EventDecoder decoder(encoded->bytes());
        std::string joined;
        for (const auto& event : events) {
            EventView view;
            const auto untouched = Timestamp{std::chrono::microseconds{42}};
            view.version = Version{5};
            view.position = Position{6};
            view.recorded_at = untouched;
            BOOST_REQUIRE(decoder.decode_next(view));
            BOOST_REQUIRE((view.type == event.type && view.data == event.data));
            BOOST_REQUIRE((view.metadata == event.metadata));
            BOOST_REQUIRE((view.traceparent == event.traceparent));
            BOOST_REQUIRE((view.id == event.client_id.value_or(EventId{})));
            BOOST_REQUIRE(view.id_from_client == event.client_id.has_value());
            BOOST_REQUIRE((view.recorded_at == event.recorded_at.value_or(untouched)));
            BOOST_REQUIRE((view.version == Version{5} && view.position == Position{6}));
            joined += decoder.last_bytes();
        }
        BOOST_TEST(decoder.at_end());
        BOOST_TEST((joined == encoded->bytes()));
    }
}

BOOST_AUTO_TEST_CASE(when_any_event_is_a_clients_then_the_batch_says_so) {
    BOOST_TEST(!encode({})->has_client_ids());
    BOOST_TEST(encode({})->empty());
    BOOST_TEST(!encode(numbered(2))->has_client_ids());
    BOOST_TEST(encode({TestEvent{}, client_event(1), TestEvent{}})->has_client_ids());
}

BOOST_AUTO_TEST_CASE(when_parts_have_their_defaults_then_they_take_no_room) {
    const auto plain = encode({TestEvent{.type = "T", .data = ""}})->bytes();
    BOOST_TEST(plain.size() == 1 + 16 + 1 + 1 + 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_hostile_bytes)

BOOST_AUTO_TEST_CASE(when_an_event_is_cut_anywhere_then_it_is_refused) {
    TestEvent event = client_event(9, "data");
    event.metadata = "metadata";
    event.traceparent = "trace";
    event.recorded_at = Timestamp{};
    const auto whole = encode({event})->bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EventDecoder decoder(std::string_view(whole).substr(0, size));
        EventView view;
        BOOST_TEST(!decoder.decode_next(view), size);
        BOOST_TEST(decoder.last_bytes().empty());
        decode_all(whole.substr(0, size));
    }
}

BOOST_AUTO_TEST_CASE(when_a_flag_is_unknown_then_the_event_is_refused) {
    auto bytes = encode({TestEvent{}})->bytes();
    for (const unsigned flag : {16u, 32u, 64u, 128u}) {
        bytes[0] = static_cast<char>(flag);
        EventView view;
        BOOST_TEST(!EventDecoder(bytes).decode_next(view));
    }
}

BOOST_AUTO_TEST_CASE(when_bytes_are_random_or_damaged_then_nothing_past_the_end_is_read) {
    auto random = Random::announced("hostile bytes");
    std::size_t sum = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto bytes = random.bytes(random.below(100));
        if (!bytes.empty() && random.percent(80)) {
            bytes[0] = static_cast<char>(random.below(16));
        }
        sum += decode_all(bytes);
    }
    for (int round = 0; round < 2000; ++round) {
        auto bytes = encode({client_event(1, "some data"), client_event(2)})->bytes();
        for (auto left = random.between(1, 4); left > 0; --left) {
            bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
        }
        sum += decode_all(bytes);
    }
    BOOST_TEST(sum > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_content_digests)

BOOST_AUTO_TEST_CASE(when_any_part_differs_or_bytes_move_between_parts_then_digests_differ) {
    const std::set<ContentDigest> digests{content_digest("T", "data", "meta"),
                                          content_digest("T2", "data", "meta"),
                                          content_digest("T", "data2", "meta"),
                                          content_digest("T", "data", "meta2"),
                                          content_digest("Td", "ata", "meta"),
                                          content_digest("T", "datam", "eta"),
                                          content_digest("T", "", "datameta"),
                                          content_digest("", "Tdatameta", ""),
                                          content_digest("", "", "")};
    BOOST_TEST(digests.size() == 9u);
    BOOST_TEST((content_digest("T", "data", "meta") == content_digest("T", "data", "meta")));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_page_memory)

BOOST_AUTO_TEST_CASE(when_bytes_are_copied_then_they_stand_however_much_follows_or_it_moves) {
    PageMemory memory;
    Random random(1);
    std::vector<std::string> originals;
    std::vector<std::string_view> copies;
    for (int i = 0; i < 500; ++i) {
        originals.push_back(
            random.bytes(random.percent(95) ? random.below(200) : random.below(100'000)));
        copies.push_back(memory.copy(originals.back()));
    }
    const auto moved = std::move(memory);
    for (std::size_t i = 0; i < copies.size(); ++i) {
        BOOST_TEST((copies[i] == originals[i]));
    }
}

BOOST_AUTO_TEST_CASE(when_memory_is_shared_then_it_lives_as_long_as_the_page) {
    auto owner = std::make_shared<const std::string>("bytes");
    const std::weak_ptr<const std::string> watched = owner;
    {
        PageMemory memory;
        memory.share(std::move(owner));
        BOOST_TEST(!watched.expired());
    }
    BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_SUITE_END()

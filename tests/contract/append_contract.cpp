// What an append promises: numbers without gaps, bytes as they came, times that never go back.
#include "storage/chain_hash.hpp"
#include "tests/contract/given_a_store.hpp"

using namespace firn;
using namespace firn::test;

BOOST_FIXTURE_TEST_SUITE(given_an_empty_store, GivenAStore)

BOOST_AUTO_TEST_CASE(when_nothing_was_appended_then_it_is_empty_everywhere) {
    BOOST_TEST(head(order) == no_version);
    BOOST_TEST(store().facts(order).error() == storage_errc::stream_not_found);
    BOOST_TEST(read_error(order) == storage_errc::stream_not_found);
    BOOST_TEST(read_error(order, {.direction = Direction::backward}) ==
               storage_errc::stream_not_found);
    BOOST_TEST(store().head_position() == no_position);
    BOOST_TEST(feed().events.empty());
    BOOST_TEST(store().list({})->streams.empty());
    BOOST_TEST(store().stats().streams == 0u);
    BOOST_TEST(store().stats().events == 0u);
}

BOOST_AUTO_TEST_CASE(when_an_event_is_appended_then_it_is_read_back_whole) {
    TestEvent event;
    event.type = "LinesChanged";
    event.data = R"({ "added" : 3.10, "path":"src/\u00e9" })";
    event.metadata = R"({"user":"a17"})";
    event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    event.client_id = id_number(77);
    const auto before = now();
    const auto outcome = append(order, {event});
    const auto after = now();

    BOOST_TEST(outcome.first_version == Version{1});
    BOOST_TEST(outcome.version == Version{1});
    BOOST_TEST(outcome.position == Position{1});
    BOOST_TEST(!outcome.replayed);
    const auto events = read_all(order);
    BOOST_REQUIRE_EQUAL(events.size(), 1u);
    BOOST_TEST(events[0].type == event.type);
    BOOST_TEST(events[0].data == event.data);
    BOOST_TEST(events[0].metadata == event.metadata);
    BOOST_TEST(events[0].traceparent == event.traceparent);
    BOOST_TEST((events[0].id == id_number(77)));
    BOOST_TEST(events[0].id_from_client);
    BOOST_TEST(events[0].version == Version{1});
    BOOST_TEST(events[0].position == Position{1});
    BOOST_TEST((events[0].recorded_at >= before && events[0].recorded_at <= after));
    BOOST_TEST((events[0].recorded_at == outcome.recorded_at));
}

BOOST_AUTO_TEST_CASE(when_data_and_metadata_are_not_stated_then_they_are_empty_objects) {
    EncodedEvents encoded;
    encoded.add({.id = id_number(1), .type = "Happened"});
    const Transaction one[] = {transaction({{order, Expected::any(), StreamWrite::Kind::append,
                                             std::make_shared<EncodedEvents>(encoded)}})};
    BOOST_REQUIRE(!store().commit(one).front().error);
    const auto events = read_all(order);
    BOOST_REQUIRE_EQUAL(events.size(), 1u);
    BOOST_TEST(events[0].data == "{}");
    BOOST_TEST(events[0].metadata == "{}");
    BOOST_TEST(events[0].traceparent == "");
    BOOST_TEST(!events[0].id_from_client);
    BOOST_TEST((events[0].id == id_number(1)));
}

BOOST_AUTO_TEST_CASE(when_several_events_are_appended_then_versions_and_positions_have_no_gaps) {
    append(order, numbered(3));
    append(other, numbered(2));
    const auto outcome = append(order, numbered(2));
    BOOST_TEST(outcome.first_version == Version{4});
    BOOST_TEST(outcome.version == Version{5});
    BOOST_TEST(outcome.position == Position{7});
    BOOST_TEST(head(order) == Version{5});
    BOOST_TEST(store().head_position() == Position{7});
    BOOST_TEST((positions({}) == position_list({1, 2, 3, 4, 5, 6, 7})));
}

BOOST_AUTO_TEST_CASE(when_streams_are_appended_to_in_turn_then_each_is_isolated_from_the_others) {
    const std::vector<StreamName> streams{order, other, {"invoice", "1"}};
    for (std::uint64_t round = 1; round <= 30; ++round) {
        for (const auto& stream : streams) {
            TestEvent event;
            event.data = '"' + stream.category + stream.id + '-' + std::to_string(round) + '"';
            BOOST_TEST(append(stream, {event}).version == Version{round});
        }
    }
    for (const auto& stream : streams) {
        const auto events = read_all(stream);
        BOOST_REQUIRE_EQUAL(events.size(), 30u);
        for (std::size_t i = 0; i < events.size(); ++i) {
            BOOST_TEST(events[i].version == Version{i + 1});
            BOOST_TEST(events[i].data ==
                       '"' + stream.category + stream.id + '-' + std::to_string(i + 1) + '"');
        }
    }
}

BOOST_AUTO_TEST_CASE(when_events_carry_any_bytes_then_they_are_kept_exactly) {
    std::string all(256, '\0');
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = static_cast<char>(i);
    }
    TestEvent odd;
    odd.type = all.substr(1, 255);
    odd.data = all + all;
    odd.metadata = all;
    odd.traceparent = all;
    TestEvent empty;
    empty.type = empty.data = empty.metadata = "";
    append(order, {odd, empty});
    reopen();
    const auto events = read_all(order);
    BOOST_REQUIRE_EQUAL(events.size(), 2u);
    BOOST_TEST((events[0].type == odd.type && events[0].data == odd.data));
    BOOST_TEST((events[0].metadata == odd.metadata && events[0].traceparent == odd.traceparent));
    BOOST_TEST((events[1].type.empty() && events[1].data.empty() && events[1].metadata.empty()));
}

BOOST_AUTO_TEST_CASE(when_an_event_has_one_mebibyte_then_it_is_kept_exactly) {
    std::vector<TestEvent> events(3);
    for (std::size_t i = 0; i < events.size(); ++i) {
        events[i].data.assign((1u << 20) + i, static_cast<char>('a' + i));
    }
    append(order, events);
    append(order, numbered(1));
    reopen();
    const auto kept = read_all(order);
    BOOST_REQUIRE_EQUAL(kept.size(), 4u);
    for (std::size_t i = 0; i < events.size(); ++i) {
        BOOST_TEST((kept[i].data == events[i].data));
    }
    BOOST_TEST(kept[3].data == R"({"n":1})");
}

BOOST_AUTO_TEST_CASE(when_ten_thousand_events_are_appended_at_once_then_all_are_there) {
    const auto events = numbered(10'000);
    const auto outcome = append(order, events);
    BOOST_TEST(outcome.version == Version{10'000});
    reopen();
    const auto kept = read_all(order);
    BOOST_REQUIRE_EQUAL(kept.size(), events.size());
    std::size_t right = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        right += kept[i].data == events[i].data && kept[i].version == Version{i + 1} &&
                         kept[i].position == Position{i + 1}
                     ? 1
                     : 0;
    }
    BOOST_TEST(right == events.size());
}

BOOST_AUTO_TEST_CASE(when_commits_follow_each_other_then_their_times_never_go_back) {
    Timestamp last{};
    for (int i = 0; i < 50; ++i) {
        const auto outcome = append(i % 2 == 0 ? order : other, numbered(2));
        BOOST_TEST((outcome.recorded_at >= last));
        last = outcome.recorded_at;
    }
    reopen();
    BOOST_TEST((append(order, numbered(1)).recorded_at >= last));
}

BOOST_AUTO_TEST_CASE(when_an_event_carries_its_own_time_then_it_keeps_it_and_moves_no_other) {
    TestEvent future;
    future.recorded_at = now() + std::chrono::hours(24 * 365);
    TestEvent past;
    past.recorded_at = Timestamp{std::chrono::microseconds{-5}};
    const auto outcome = append(order, {future, TestEvent{}, past});
    const auto next = append(order, numbered(1));
    BOOST_TEST((next.recorded_at < *future.recorded_at));
    const auto events = read_all(order);
    BOOST_TEST((events[0].recorded_at == *future.recorded_at));
    BOOST_TEST((events[1].recorded_at < *future.recorded_at));
    BOOST_TEST((events[2].recorded_at == *past.recorded_at));
    BOOST_TEST((outcome.recorded_at == *past.recorded_at));
    BOOST_TEST((events[3].recorded_at == next.recorded_at));
}

BOOST_AUTO_TEST_CASE(when_events_are_appended_then_the_facts_count_them) {
    append(order, numbered(3));
    append(other, numbered(1));
    append(order, numbered(2));
    const auto found = facts(order);
    BOOST_TEST(found.stream == order);
    BOOST_TEST(found.version == Version{5});
    BOOST_TEST(found.first_version == Version{1});
    BOOST_TEST(found.events == 5u);
    BOOST_TEST(found.bytes ==
               encode(numbered(3))->bytes().size() + encode(numbered(2))->bytes().size());
    BOOST_TEST(found.last_position == Position{6});
    BOOST_TEST(!found.deleted);
    BOOST_TEST(store().stats().streams == 2u);
    BOOST_TEST(store().stats().events == 6u);
    BOOST_TEST(store().stats().head_position == Position{6});
}

BOOST_AUTO_TEST_CASE(when_events_are_appended_then_the_chain_hash_is_that_of_the_events_read) {
    append(order, numbered(3));
    append(other, numbered(1));
    append(order, {client_event(1), client_event(2)});
    reopen();
    append(order, numbered(1));
    auto chain = chain_start(order.category, order.id);
    for (const auto& event : read(order).events) {
        chain = chain_next(chain, event);
    }
    BOOST_TEST(to_hex(facts(order).chain_hash) == to_hex(chain));
}

BOOST_AUTO_TEST_SUITE_END()

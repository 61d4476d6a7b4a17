// `$snapshot` in the feed: a consumer that starts at 0 after compactions ends with the same read
// model as one that saw everything.
#include "actors/stand_in_states.hpp"

#include "actors/json/value.hpp"
#include "tests/actors/compaction/compaction_fixture.hpp"

#include <boost/json/object.hpp>

using namespace firn;
using namespace firn::test;

namespace {

// What a consumer holds: each stream's state, by merge patches and snapshots.
class ReadModel {
public:
    void take(const FeedEvent& entry) {
        const auto key = entry.stream->category + "/" + entry.stream->id;
        const auto data = parse_json(entry.event.data);
        BOOST_REQUIRE(data.has_value());
        switch (entry.kind) {
            case FeedEvent::Kind::event:
                for (const auto& [name, value] : data->as_object()) {
                    states_[key][name] = value;
                }
                break;
            case FeedEvent::Kind::snapshot: states_[key] = data->at("state").as_object(); break;
            case FeedEvent::Kind::deleted: states_.erase(key); break;
        }
    }
    [[nodiscard]] const std::map<std::string, boost::json::object>& states() const {
        return states_;
    }

private:
    std::map<std::string, boost::json::object> states_;
};

struct Consumed : CompactionFixture {
    ReadModel consumed_from(Position after, std::uint32_t limit) {
        ReadModel model;
        FeedQuery query;
        query.after = after;
        query.limit = limit;
        for (;;) {
            const auto page = feed_with_states(service->store(), query);
            BOOST_REQUIRE(page.has_value());
            for (const auto& entry : page->events) {
                model.take(entry);
            }
            query.after = page->next_after;
            if (query.after >= page->head) {
                return model;
            }
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_consumers_of_the_feed, Consumed)

BOOST_AUTO_TEST_CASE(when_one_starts_after_compactions_then_it_ends_as_one_that_saw_everything) {
    for (int round = 0; round != 6; ++round) {
        for (int i = 1; i <= 8; ++i) {
            append_counted_to({"account", std::to_string(i)}, i);
        }
    }
    const auto saw_all = consumed_from(no_position, 7).states();
    for (int i = 1; i <= 8; i += 2) {
        name.id = std::to_string(i);
        BOOST_TEST(name_of(compact(keeping(static_cast<std::uint64_t>(i) % 4)).status) ==
                   "succeeded");
    }
    for (const std::uint32_t limit : {1u, 3u, 100u}) {
        const auto model = consumed_from(no_position, limit);
        BOOST_TEST((model.states() == saw_all), "pages of " << limit);
    }
}

BOOST_AUTO_TEST_CASE(when_a_state_is_large_then_the_page_ends_at_its_bytes) {
    append({patch("{\"text\":\"" + std::string(3000, 'x') + "\"}")});
    (void)compact(keeping(0));
    name.id = "43";
    append({patch("{\"text\":\"" + std::string(3000, 'y') + "\"}")});
    (void)compact(keeping(0));
    FeedQuery query;
    query.bytes_max = 4000;
    const auto page = feed_with_states(service->store(), query);
    BOOST_REQUIRE(page.has_value());
    BOOST_TEST(page->events.size() == 1u);
    BOOST_TEST(page->next_after == Position{1});
    query.after = page->next_after;
    BOOST_TEST(feed_with_states(service->store(), query)->events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(when_both_copies_are_damaged_then_the_feed_says_so_and_goes_on) {
    append_counted(3);
    (void)compact(keeping(1));
    store->corrupt_snapshots({Version{2}});
    const auto page = feed_with_states(service->store(), FeedQuery{});
    BOOST_REQUIRE(page.has_value());
    BOOST_REQUIRE(page->events.size() == 2u);
    BOOST_TEST(page->events[0].event.data == R"({"error":"unrecoverable-state"})");
}

BOOST_AUTO_TEST_SUITE_END()

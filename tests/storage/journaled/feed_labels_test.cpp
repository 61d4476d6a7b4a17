// Filters of the feed where the position index has run out of labels and the events have to tell.
#include "storage/lmdb/records.hpp"
#include "tests/storage/journaled/given_a_journaled_store.hpp"

using namespace firn;
using namespace firn::test;

namespace {

// More types than there are labels, one an event, settled; and a category that came too late.
struct GivenMoreTypesThanLabels : GivenADirectory {
    static constexpr std::uint32_t types = lmdb::labels_max + 50;

    GivenMoreTypesThanLabels() {
        config.map_bytes = 64u << 20;
        config.segment_bytes = 1u << 20;
        open();
        for (std::uint32_t type = 0; type < types;) {
            std::vector<TestEvent> events;
            for (const auto end = std::min(type + 1005, types); type < end; ++type) {
                events.push_back({.type = type_of(type)});
            }
            commit({appending({"early", std::to_string(type)}, events)});
        }
        commit({appending({"late", "1"}, numbered(3, type_of(0)))});
        reopen();  // settles everything
    }
    static std::string type_of(std::uint32_t number) { return "Type" + std::to_string(number); }
    // Positions, as a page and as a window.
    void check_found(const FeedQuery& query, const std::vector<std::uint64_t>& expected) {
        const auto page = store().feed(query);
        BOOST_REQUIRE(page.has_value());
        std::vector<std::uint64_t> found;
        for (const auto& entry : page->events) {
            found.push_back(entry.event.position.value());
        }
        BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
        auto window = store().gather(query, {});
        BOOST_REQUIRE(window.has_value());
        found.clear();
        for (const auto& entry : window->next(100)) {
            found.push_back(entry.event.position.value());
        }
        BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_more_types_than_labels, GivenMoreTypesThanLabels)

BOOST_AUTO_TEST_CASE(when_types_with_and_without_a_label_are_stated_then_all_of_them_come) {
    check_found({.types = {type_of(3), type_of(types - 1)}}, {4, types});
    check_found({.types = {type_of(types - 2)}}, {types - 1});
    check_found({.types = {"Never"}}, {});
}

BOOST_AUTO_TEST_CASE(when_a_category_without_a_label_is_stated_then_its_events_come) {
    check_found({.categories = {"late"}}, {types + 1, types + 2, types + 3});
    check_found({.categories = {"late"}, .types = {type_of(1)}}, {});
}

BOOST_AUTO_TEST_SUITE_END()

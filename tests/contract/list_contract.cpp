// Listing streams, and keeping apart streams whose names resemble each other.
#include "tests/contract/given_a_store.hpp"

#include <algorithm>

using namespace firn;
using namespace firn::test;

namespace {

// Names chosen to collide if a key were glued together from its parts, or cut, or normalised.
std::vector<StreamName> look_alikes() {
    std::vector<StreamName> names{
        {"a", "a"},
        {"a", "ab"},
        {"a", "aa"},
        {"ab", "a"},
        {"ab", "b"},
        {"a", "bb"},
        {"a", "b/b"},
        {"a", "/"},
        {"a", "//"},
        {"a", "a/"},
        {"a", "/a"},
        {"a", "a-1"},
        {"a", "A"},
        {"A", "a"},
        {"a", " a"},
        {"a", "a "},
        {"a", "a%2Fb"},
        {"a", "a/b"},
        {"a-b", "c"},
        {"a", "b-c"},
        {"a.b", "c"},
        {"a", "..."},
        {"a", "\u00e9"},
        {"a", "e\u0301"},
        {"a", "\u65e5\u672c"},
        {"a", "\U0001F9CA"},
        {"a", "\uFFFD"},
        {"0", "1"},
        {"1", "0"},
    };
    names.push_back({"a", std::string(255, 'x')});
    names.push_back({"a", std::string(254, 'x') + "y"});
    names.push_back({"a", std::string(254, 'x')});
    names.push_back({std::string(64, 'c'), std::string(255, 'z')});
    return names;
}

std::vector<StreamName> names_of(const StreamList& list) {
    std::vector<StreamName> names;
    for (const auto& facts : list.streams) {
        names.push_back(facts.stream);
    }
    return names;
}

struct GivenLookAlikes : GivenAStore {
    GivenLookAlikes() {
        std::uint64_t n = 0;
        for (const auto& name : names) {
            TestEvent event;
            event.data = std::to_string(++n);
            append(name, {event});
        }
        std::sort(names.begin(), names.end());
    }
    void check_list(const ListQuery& query, const std::vector<StreamName>& expected, bool more) {
        const auto list = store().list(query);
        BOOST_REQUIRE(list.has_value());
        const auto found = names_of(*list);
        BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
        BOOST_TEST(list->more == more);
    }
    std::vector<StreamName> names = look_alikes();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_streams_whose_names_resemble_each_other, GivenLookAlikes)

BOOST_AUTO_TEST_CASE(when_each_is_read_then_it_holds_only_its_own_event) {
    reopen();
    const auto unsorted = look_alikes();
    for (std::size_t i = 0; i < unsorted.size(); ++i) {
        const auto events = read_all(unsorted[i]);
        BOOST_REQUIRE_EQUAL(events.size(), 1u);
        BOOST_TEST(events[0].data == std::to_string(i + 1));
        BOOST_TEST(facts(unsorted[i]).stream == unsorted[i]);
    }
}

BOOST_AUTO_TEST_CASE(when_one_is_deleted_or_cut_then_the_others_are_untouched) {
    delete_stream({"a", "a"});
    cut({"a", "ab"}, Version{1});
    reclaim_all();
    reopen();
    std::size_t whole = 0;
    for (const auto& name : names) {
        const auto found = facts(name);
        whole += found.events == 1 && !found.deleted ? 1 : 0;
    }
    BOOST_TEST(whole == names.size() - 2);
}

BOOST_AUTO_TEST_CASE(when_listed_then_they_come_by_category_and_id_as_bytes) {
    check_list({.limit = 1000}, names, false);
    reopen();
    check_list({.limit = 1000}, names, false);
}

BOOST_AUTO_TEST_CASE(when_listed_then_each_comes_with_its_facts) {
    const auto list = store().list({.limit = 1000});
    BOOST_REQUIRE(list.has_value());
    for (const auto& listed : list->streams) {
        const auto own = facts(listed.stream);
        BOOST_TEST(listed.version == own.version);
        BOOST_TEST(listed.first_version == own.first_version);
        BOOST_TEST(listed.events == own.events);
        BOOST_TEST(listed.bytes == own.bytes);
        BOOST_TEST(listed.last_position == own.last_position);
        BOOST_TEST((listed.chain_hash == own.chain_hash));
        BOOST_TEST(!listed.deleted);
    }
}

BOOST_AUTO_TEST_CASE(when_listed_in_pages_then_the_pages_join_to_the_whole) {
    for (std::uint32_t limit = 1; limit <= names.size() + 1; ++limit) {
        std::vector<StreamName> joined;
        StreamName after;
        for (bool more = true; more;) {
            const auto page = store().list({.after = after, .limit = limit});
            BOOST_REQUIRE(page.has_value());
            for (const auto& name : names_of(*page)) {
                joined.push_back(name);
                after = name;
            }
            more = page->more;
        }
        BOOST_TEST((joined == names));
    }
}

BOOST_AUTO_TEST_CASE(when_a_category_is_stated_then_only_its_streams_come) {
    check_list({.category = "ab"}, {{"ab", "a"}, {"ab", "b"}}, false);
    check_list({.category = "ab", .limit = 1}, {{"ab", "a"}}, true);
    check_list({.category = "ab", .after = {"ab", "a"}}, {{"ab", "b"}}, false);
    check_list({.category = "none"}, {}, false);
}

BOOST_AUTO_TEST_CASE(when_a_prefix_is_stated_then_only_ids_that_begin_so_come) {
    check_list({.category = "a", .prefix = "a/"}, {{"a", "a/"}, {"a", "a/b"}}, false);
    check_list({.category = "a", .prefix = "a/", .limit = 1}, {{"a", "a/"}}, true);
    check_list({.prefix = "b"}, {{"a", "b-c"}, {"a", "b/b"}, {"a", "bb"}, {"ab", "b"}}, false);
    check_list({.prefix = "b", .after = {"a", "b/b"}, .limit = 1}, {{"a", "bb"}}, true);
    check_list({.category = "a", .prefix = "zz"}, {}, false);
}

BOOST_AUTO_TEST_CASE(when_a_list_is_filtered_then_filters_are_applied_before_the_limit) {
    for (int i = 0; i < 200; ++i) {
        append({"a", "before-" + std::to_string(i)}, numbered(1));
    }
    check_list({.category = "ab", .limit = 2}, {{"ab", "a"}, {"ab", "b"}}, false);
    check_list({.prefix = "bb", .limit = 1}, {{"a", "bb"}}, false);
    check_list({.category = "ab", .prefix = "b", .limit = 1}, {{"ab", "b"}}, false);
    reopen();
    check_list({.category = "ab", .prefix = "b", .limit = 1}, {{"ab", "b"}}, false);
}

BOOST_AUTO_TEST_CASE(when_the_cursor_is_no_stream_then_the_list_goes_on_behind_it) {
    check_list({.category = "ab", .after = {"ab", "aaa"}}, {{"ab", "b"}}, false);
    check_list({.category = "ab", .after = {"a", "zzz"}}, {{"ab", "a"}, {"ab", "b"}}, false);
    check_list({.category = "ab", .after = {"b", ""}}, {}, false);
    check_list({.limit = 0}, {}, true);
}

BOOST_AUTO_TEST_CASE(when_streams_are_deleted_then_they_are_not_listed_and_do_not_count) {
    delete_stream({"ab", "a"});
    check_list({.category = "ab", .limit = 1}, {{"ab", "b"}}, false);
    reopen();
    check_list({.category = "ab", .limit = 1}, {{"ab", "b"}}, false);
    BOOST_TEST(store().stats().streams == names.size() - 1);
}

BOOST_AUTO_TEST_SUITE_END()

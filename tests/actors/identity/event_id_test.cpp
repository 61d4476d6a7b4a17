// Event ids: made in order, read from any UUID.
#include "actors/identity/event_id.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace firn {

namespace {

std::uint64_t millisecond_of(const EventId& id) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        value = value << 8 | std::to_integer<std::uint64_t>(id[i]);
    }
    return value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_ids_made_here)

BOOST_AUTO_TEST_CASE(when_one_is_made_then_it_is_a_version_7_uuid_of_this_moment) {
    const auto before = std::chrono::floor<std::chrono::milliseconds>(now()).time_since_epoch();
    const auto id = make_event_id();
    const auto after = std::chrono::floor<std::chrono::milliseconds>(now()).time_since_epoch();
    BOOST_TEST(std::to_integer<unsigned>(id[6]) >> 4 == 7u);
    BOOST_TEST(std::to_integer<unsigned>(id[8]) >> 6 == 2u);
    BOOST_TEST(millisecond_of(id) >= static_cast<std::uint64_t>(before.count()));
    BOOST_TEST(millisecond_of(id) <= static_cast<std::uint64_t>(after.count()));
}

BOOST_AUTO_TEST_CASE(when_many_are_made_then_they_sort_as_they_were_made) {
    auto previous = make_event_id();
    for (int i = 0; i < 200'000; ++i) {
        const auto id = make_event_id();
        BOOST_REQUIRE(previous < id);
        previous = id;
    }
}

BOOST_AUTO_TEST_CASE(when_threads_make_them_at_once_then_none_is_made_twice) {
    constexpr std::size_t each = 20'000;
    std::vector<std::vector<EventId>> made(4);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : made) {
            threads.emplace_back([&mine] {
                for (std::size_t i = 0; i < each; ++i) {
                    mine.push_back(make_event_id());
                }
            });
        }
    }
    std::vector<EventId> all;
    for (const auto& mine : made) {
        BOOST_TEST(std::is_sorted(mine.begin(), mine.end()));
        all.insert(all.end(), mine.begin(), mine.end());
    }
    std::sort(all.begin(), all.end());
    BOOST_TEST((std::adjacent_find(all.begin(), all.end()) == all.end()));
}

BOOST_AUTO_TEST_CASE(when_one_is_written_then_its_text_reads_back) {
    for (int i = 0; i < 1000; ++i) {
        const auto id = make_event_id();
        BOOST_REQUIRE((parse_event_id(to_text(id)) == id));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_the_text_of_an_id)

BOOST_AUTO_TEST_CASE(when_it_is_a_uuid_of_any_version_and_case_then_it_is_read) {
    for (const auto* text :
         {"0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55", "0190F5D2-7C1E-7B6A-8F3E-2F9D3F6A1C55",
          "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
          "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "f47ac10b-58CC-4372-a567-0e02b2c3d479"}) {
        const auto id = parse_event_id(text);
        BOOST_REQUIRE(id);
        std::string lower = text;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
        BOOST_TEST(to_text(*id) == lower);
    }
    const auto id = parse_event_id("0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55").value();
    BOOST_TEST(std::to_integer<int>(id[0]) == 0x01);
    BOOST_TEST(std::to_integer<int>(id[15]) == 0x55);
}

BOOST_AUTO_TEST_CASE(when_it_has_any_other_form_then_it_is_refused) {
    for (const auto* text :
         {"", "0190f5d2", "0190f5d27c1e7b6a8f3e2f9d3f6a1c55",
          "{0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55}", "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c5",
          "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c555", "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c5g",
          "0190f5d27-c1e-7b6a-8f3e-2f9d3f6a1c55", "0190f5d2 7c1e 7b6a 8f3e 2f9d3f6a1c55",
          " 190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55", "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c\xc3\xa9",
          "-190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55",
          "urn:uuid:0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55"}) {
        BOOST_TEST(!parse_event_id(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

#include "service/routes/import/import_batch.hpp"

#include <boost/test/unit_test.hpp>

namespace firn {

namespace {

struct Batch {
    ImportBatch batch;
    std::uint64_t number = 0;

    static EventId id(std::uint8_t last) {
        EventId made{};
        made.back() = std::byte{last};
        return made;
    }
    // version 0: none is stated; so with the id.
    void add(const char* stream, std::uint64_t version = 0, std::uint8_t last_of_id = 0) {
        ImportLine line;
        line.stream = {"order", stream};
        if (version != 0) {
            line.version = Version{version};
        }
        line.has_id = line.event.id_from_client = last_of_id != 0;
        line.event.id = id(last_of_id == 0 ? 255 : last_of_id);
        line.event.type = "A";
        batch.add(line, ++number);
    }
    // "1:2 2:1 " is a run of two events of stream 1, then one of stream 2.
    std::string runs() {
        std::string text;
        for (const auto& run : batch.runs()) {
            BOOST_TEST(run.events->count() == run.size());
            BOOST_TEST(run.ids.size() == run.size());
            text += run.stream.id + ":" + std::to_string(run.size()) + " ";
        }
        return text;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_batch_of_an_import, Batch)

BOOST_AUTO_TEST_CASE(when_events_of_a_stream_follow_each_other_then_they_are_one_run) {
    add("1", 1);
    add("1", 2);
    add("2");
    add("2");
    add("1", 3);
    BOOST_TEST(runs() == "1:2 2:2 1:1 ");
    BOOST_TEST(batch.events() == 5u);
    BOOST_TEST(batch.bytes() > 0u);
    BOOST_TEST(batch.runs()[2].lines.front() == 5u);
    BOOST_CHECK(batch.runs()[0].first_version == Version{1});
    BOOST_CHECK(!batch.runs()[1].first_version);
}

BOOST_AUTO_TEST_CASE(when_versions_do_not_follow_each_other_then_a_run_ends) {
    add("1", 1);
    add("1", 3);
    add("1", 3);
    add("1");
    add("1", 4);
    add("1", 5);
    BOOST_TEST(runs() == "1:1 1:1 1:1 1:1 1:2 ");
}

BOOST_AUTO_TEST_CASE(when_an_id_comes_again_then_it_is_in_another_run) {
    add("1", 1, 7);
    add("1", 2, 8);
    add("1", 3, 7);
    add("1", 4, 8);
    add("2", 0, 7);
    add("2", 0, 7);
    BOOST_TEST(runs() == "1:2 1:2 2:1 2:1 ");
    // None stated is no id.
    add("3");
    add("3");
    BOOST_TEST(runs() == "1:2 1:2 2:1 2:1 3:2 ");
}

BOOST_AUTO_TEST_CASE(when_it_is_cleared_then_it_begins_anew) {
    add("1", 1, 7);
    batch.clear();
    BOOST_TEST(batch.empty());
    BOOST_TEST(batch.events() == 0u);
    BOOST_TEST(batch.bytes() == 0u);
    add("1", 2, 7);
    add("1", 3, 8);
    BOOST_TEST(runs() == "1:2 ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

// What recovery takes from files that a crash, a disk or a person left.
#include "tests/storage/journal/given_a_journal.hpp"

using namespace firn;
using namespace firn::journal;
using namespace firn::test;

namespace {

struct GivenThreeRecords : GivenAJournal {
    GivenThreeRecords() {
        open();
        must_append("one");
        must_append("two");
        must_append(std::string(2 * block_bytes, 'x'));  // three blocks with its header
        close();
        segment = files().front();
    }

    fs::path segment;
    static constexpr std::size_t third_at = 3 * block_bytes;
};

// Two segments: records 1 and 2, records 3 and 4.
struct GivenTwoSegments : GivenAJournal {
    GivenTwoSegments() {
        open();
        for (const char fill : {'a', 'b', 'c', 'd'}) {
            must_append(std::string(3 * block_bytes - record_header_bytes, fill));
        }
        close();
        BOOST_REQUIRE(files().size() == 2u);
    }
};

bool says(const std::string& sentence, const fs::path& file, const char* what) {
    return sentence.find(file.string()) != std::string::npos &&
           sentence.find(what) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_torn_last_record, GivenThreeRecords)

BOOST_AUTO_TEST_CASE(when_it_ends_at_any_block_then_the_records_before_it_count) {
    const auto good = text_of(segment);
    for (std::size_t blocks = 0; blocks < 3; ++blocks) {
        auto torn = good;
        std::fill(torn.begin() + static_cast<std::ptrdiff_t>(third_at + blocks * block_bytes),
                  torn.end(), '\0');
        write_text(segment, torn);
        const auto start = recover();
        BOOST_TEST(replayed() == (std::vector<std::string>{"one", "two"}),
                   boost::test_tools::per_element());
        BOOST_TEST(start.next_sequence == 3u);
    }
}

BOOST_AUTO_TEST_CASE(when_any_one_of_its_blocks_is_missing_then_the_records_before_it_count) {
    const auto good = text_of(segment);
    for (std::size_t block = 0; block < 3; ++block) {
        auto torn = good;
        torn.replace(third_at + block * block_bytes, block_bytes, block_bytes, '\0');
        write_text(segment, torn);
        (void)recover();
        BOOST_TEST(replayed().size() == 2u);
    }
}

BOOST_AUTO_TEST_CASE(when_the_file_itself_is_short_then_the_records_before_it_count) {
    fs::resize_file(segment, third_at + block_bytes);
    (void)recover();
    BOOST_TEST(replayed().size() == 2u);
}

BOOST_AUTO_TEST_CASE(when_writing_goes_on_then_the_torn_record_never_comes_back) {
    const auto torn = text_of(segment);
    flip(segment, third_at + block_bytes + 100);
    open();
    must_append("instead");
    close();
    // Even if its bytes turn up again: the new segment's header says where the old one ends.
    write_text(segment, torn);
    (void)recover();
    BOOST_TEST(replayed() == (std::vector<std::string>{"one", "two", "instead"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_damaged_bytes, GivenThreeRecords)

BOOST_AUTO_TEST_CASE(when_a_whole_record_lies_behind_a_damaged_one_then_it_refuses) {
    flip(segment, 2 * block_bytes + record_header_bytes);
    BOOST_TEST(says(refusal(), segment, "record 2 does not check"));
}

BOOST_AUTO_TEST_CASE(when_the_segments_header_is_damaged_then_it_refuses) {
    flip(segment, 12);
    BOOST_TEST(says(refusal(), segment, "damaged header"));
}

BOOST_AUTO_TEST_CASE(when_the_segment_is_another_stores_then_it_refuses) {
    const auto stranger = directory() / "0000000000000009.segment";
    auto made = Segment::create(stranger, store + 1, segment_bytes);
    BOOST_REQUIRE(made.has_value());
    BOOST_TEST(says(refusal(), stranger, "another store"));
}

BOOST_AUTO_TEST_CASE(when_a_file_was_half_made_then_it_is_removed) {
    const auto half_made = directory() / "spare-1.segment";
    write_text(half_made, std::string(block_bytes, '\0'));
    (void)recover();
    BOOST_TEST(replayed().size() == 3u);
    BOOST_TEST(!fs::exists(half_made));
}

BOOST_AUTO_TEST_CASE(when_a_file_is_no_segment_then_it_is_left_alone) {
    write_text(directory() / "notes.txt", "mine");
    (void)recover();
    BOOST_TEST(fs::exists(directory() / "notes.txt"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_two_segments, GivenTwoSegments)

BOOST_AUTO_TEST_CASE(when_the_first_is_missing_then_it_refuses) {
    const auto second = files().back();
    fs::remove(files().front());
    BOOST_TEST(says(refusal(), second, "missing"));
}

BOOST_AUTO_TEST_CASE(when_the_first_is_missing_but_settled_then_the_second_counts) {
    fs::remove(files().front());
    (void)recover(2);
    BOOST_TEST(replayed().size() == 2u);
}

BOOST_AUTO_TEST_CASE(when_the_end_of_the_first_is_damaged_then_it_refuses) {
    flip(files().front(), 4 * block_bytes + 100);
    BOOST_TEST(says(refusal(), files().back(), "missing"));
}

BOOST_AUTO_TEST_CASE(when_the_last_is_missing_then_what_is_left_counts) {
    fs::remove(files().back());
    const auto start = recover();
    BOOST_TEST(replayed().size() == 2u);
    BOOST_TEST(start.next_sequence == 3u);
}

BOOST_AUTO_TEST_CASE(when_a_newer_one_begins_before_an_older_one_then_it_refuses) {
    const auto path = directory() / "0000000000000009.segment";
    auto made = Segment::create(path, store, segment_bytes);
    BOOST_REQUIRE(made.has_value());
    BOOST_REQUIRE(!made->begin(9, 2));
    BOOST_TEST(says(refusal(), path, "which is older"));
}

BOOST_AUTO_TEST_CASE(when_they_are_only_checked_then_nothing_is_written) {
    write_text(directory() / "spare-1.segment", "half made");
    std::uint64_t seen = 0;
    const auto checked = check({.directory = directory(), .store = store, .settled_sequence = 0},
                               [&](const RecordView&) { ++seen; });
    BOOST_TEST(checked.problems.empty());
    BOOST_TEST(checked.records == 4u);
    BOOST_TEST(checked.next_sequence == 5u);
    BOOST_TEST(seen == 4u);
    BOOST_TEST(fs::exists(directory() / "spare-1.segment"));
}

// A crash between a recycled segment's renaming and its new header leaves a name ahead of all
// epochs. The name must not be given again while the file may lie in reserve under it.
BOOST_AUTO_TEST_CASE(when_a_renamed_segment_was_not_begun_then_no_other_takes_its_name) {
    const auto renamed = directory() / "0000000000000003.segment";
    fs::rename(files().front(), renamed);
    const auto spare = directory() / "spare-1.segment";
    BOOST_REQUIRE(Segment::create(spare, store, segment_bytes).has_value());
    auto start = recover(4);
    start.settled_sequence = 4;
    auto keeping_all = config();
    keeping_all.segments = 5;
    Journal journal(keeping_all, std::move(start));
    AlignedBuffer record;
    for (int i = 0; i < 8; ++i) {
        record.reserve(segment_bytes);
        std::memset(record.data(), 'z', record.capacity());
        BOOST_REQUIRE(journal.append({.payload_bytes = 5 * block_bytes}, record).has_value());
        journal.release(journal.next_sequence() - 2);
        (void)recover(journal.next_sequence() - 2);
        BOOST_TEST(replayed().size() == 1u, "after " << i + 1 << " more records");
    }
}

BOOST_AUTO_TEST_SUITE_END()

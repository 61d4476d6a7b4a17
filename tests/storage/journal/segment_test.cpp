// One journal file: making, beginning, appending, and what a failing disk does to each.
#include "tests/storage/journal/given_a_journal.hpp"
#include "tests/support/fault_injection.hpp"

#include <cerrno>

using namespace firn;
using namespace firn::journal;
using namespace firn::test;

namespace {

struct GivenASegment {
    static constexpr std::uint64_t bytes = 4 * block_bytes;

    explicit GivenASegment(bool refuse_direct = false) {
        Injection quirk({.nth = 0, .refuse_direct = refuse_direct});
        auto made = Segment::create(path, 77, bytes);
        BOOST_REQUIRE_MESSAGE(made.has_value(), made.error().message());
        segment.emplace(std::move(*made));
    }

    error_code append(const std::string& record) {
        AlignedBuffer buffer;
        buffer.reserve(record.size());
        std::memcpy(buffer.data(), record.data(), record.size());
        return segment->append(buffer, record.size());
    }

    TemporaryDirectory directory;
    fs::path path = directory.path() / "1.segment";
    std::optional<Segment> segment;
};

struct GivenASegmentWithoutDirectWrites : GivenASegment {
    GivenASegmentWithoutDirectWrites() : GivenASegment(true) {}
};

std::string record_number(std::uint64_t sequence) {
    return sealed({.epoch = 4, .sequence = sequence}, "payload " + std::to_string(sequence));
}

void appends_read_back(GivenASegment& given) {
    BOOST_REQUIRE(!given.segment->begin(4, 20));
    BOOST_REQUIRE(!given.append(record_number(20)));
    BOOST_REQUIRE(!given.append(record_number(21)));
    const auto bytes = text_of(given.path);
    BOOST_TEST(bytes.size() == GivenASegment::bytes);
    for (std::uint64_t i = 0; i < 2; ++i) {
        const auto record = open_record(std::string_view(bytes).substr((i + 1) * block_bytes));
        BOOST_REQUIRE(record.has_value());
        BOOST_TEST(record->header.sequence == 20 + i);
    }
    BOOST_TEST(!open_record(std::string_view(bytes).substr(3 * block_bytes)).has_value());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_new_segment, GivenASegment)

BOOST_AUTO_TEST_CASE(when_it_was_made_then_it_is_free_and_zeroed) {
    const auto header = Segment::read_header(path);
    BOOST_REQUIRE(header.has_value() && header->has_value());
    BOOST_TEST((*header)->epoch == 0u);
    BOOST_TEST((*header)->store == 77u);
    BOOST_TEST((*header)->bytes == bytes);
    const auto stored = text_of(path);
    BOOST_TEST(stored.size() == bytes);
    BOOST_TEST(stored.find_first_not_of('\0', block_bytes) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_it_is_begun_then_its_header_says_so) {
    BOOST_REQUIRE(!segment->begin(4, 20));
    const auto header = Segment::read_header(path);
    BOOST_REQUIRE(header.has_value() && header->has_value());
    BOOST_TEST((*header)->epoch == 4u);
    BOOST_TEST((*header)->first_sequence == 20u);
}

BOOST_AUTO_TEST_CASE(when_records_are_appended_then_they_read_back) {
    appends_read_back(*this);
}

BOOST_AUTO_TEST_CASE(when_it_is_begun_again_then_it_is_filled_from_the_start) {
    BOOST_REQUIRE(!segment->begin(4, 20));
    BOOST_REQUIRE(!append(record_number(20)));
    BOOST_REQUIRE(!segment->begin(5, 30));
    BOOST_TEST(segment->has_room_for(3 * block_bytes));
    BOOST_TEST(!segment->has_room_for(3 * block_bytes + 1));
}

BOOST_AUTO_TEST_CASE(when_any_bit_of_its_header_differs_then_the_header_does_not_check) {
    BOOST_REQUIRE(!segment->begin(4, 20));
    const auto good = text_of(path);
    for (std::size_t bit = 0; bit < 48 * 8; ++bit) {
        auto damaged = good;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        write_text(path, damaged);
        const auto header = Segment::read_header(path);
        BOOST_REQUIRE(header.has_value());
        BOOST_TEST(!header->has_value(), "bit " << bit);
    }
}

BOOST_AUTO_TEST_CASE(when_a_write_fails_then_the_next_one_would_go_to_the_same_place) {
    BOOST_REQUIRE(!segment->begin(4, 20));
    {
        Injection fault({.call = FaultyCall::write});
        BOOST_TEST(append(record_number(20)).value() == EIO);
    }
    BOOST_REQUIRE(!append(record_number(21)));
    const auto stored = text_of(path);
    const auto record = open_record(std::string_view(stored).substr(block_bytes));
    BOOST_REQUIRE(record.has_value());
    BOOST_TEST(record->header.sequence == 21u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_file_system_without_direct_writes,
                         GivenASegmentWithoutDirectWrites)

BOOST_AUTO_TEST_CASE(when_records_are_appended_then_they_read_back) {
    appends_read_back(*this);
}

BOOST_AUTO_TEST_CASE(when_the_sync_fails_then_the_append_fails) {
    BOOST_REQUIRE(!segment->begin(4, 20));
    Injection fault({.call = FaultyCall::sync});
    BOOST_TEST(append(record_number(20)).value() == EIO);
    BOOST_TEST(fault.strikes() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_full_disk)

BOOST_AUTO_TEST_CASE(when_a_segment_is_made_then_nothing_half_made_stays) {
    const TemporaryDirectory directory;
    const auto path = directory.path() / "1.segment";
    Injection fault({.call = FaultyCall::write, .error = ENOSPC});
    const auto made = Segment::create(path, 77, 4 * block_bytes);
    BOOST_REQUIRE(!made.has_value());
    BOOST_TEST((classify(made.error()) == storage_errc::disk_full));
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_memory_in_place_of_a_disk)

BOOST_AUTO_TEST_CASE(when_a_segment_lies_there_then_it_works_as_elsewhere) {
    if (!fs::is_directory("/dev/shm")) {
        return;
    }
    const auto path =
        fs::path("/dev/shm") / ("firn-test-" + std::to_string(::getpid()) + ".segment");
    auto segment = Segment::create(path, 77, 4 * block_bytes);
    BOOST_REQUIRE(segment.has_value());
    BOOST_TEST(!segment->begin(4, 20));
    AlignedBuffer buffer;
    const auto record = record_number(20);
    buffer.reserve(record.size());
    std::memcpy(buffer.data(), record.data(), record.size());
    BOOST_TEST(!segment->append(buffer, record.size()));
    BOOST_TEST(open_record(std::string_view(text_of(path)).substr(block_bytes)).has_value());
    fs::remove(path);
}

BOOST_AUTO_TEST_SUITE_END()

// Journal records and their entries: what is written reads back, and nothing else does.
#include "tests/storage/journal/given_a_journal.hpp"
#include "tests/support/random.hpp"

using namespace firn;
using namespace firn::journal;
using namespace firn::test;

namespace {

const RecordHeader header{
    .epoch = 3,
    .sequence = 9,
    .first_position = Position{41},
    .recorded_at = Timestamp{std::chrono::microseconds{1'700'000'000'000'001}},
    .events = 2};

std::string encoded(const Entry& entry) {
    std::string out(encoded_bytes(entry), '\0');
    BOOST_REQUIRE(encode_entry(entry, out.data()) == out.data() + out.size());
    return out;
}

std::vector<Entry> every_kind() {
    return {{.kind = EntryKind::create_stream,
             .stream = StreamNumber{5},
             .category = "order",
             .id = "4711"},
            {.kind = EntryKind::append,
             .stream = StreamNumber{5},
             .version = Version{7},
             .position = Position{100},
             .count = 3,
             .events = "the events' bytes"},
            {.kind = EntryKind::delete_stream, .stream = StreamNumber{6}, .version = Version{12}}};
}

// Bytes of exactly this size on the heap, so that a sanitizer sees a step beyond them.
std::vector<char> exactly(std::string_view bytes) {
    return {bytes.begin(), bytes.end()};
}
std::string_view view(const std::vector<char>& bytes) {
    return {bytes.data(), bytes.size()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_sealed_record)

BOOST_AUTO_TEST_CASE(when_it_is_opened_then_header_and_payload_come_back) {
    const auto bytes = sealed(header, "payload");
    const auto record = open_record(bytes);
    BOOST_REQUIRE(record.has_value());
    BOOST_TEST(record->payload == "payload");
    BOOST_TEST(record->header.payload_bytes == 7u);
    BOOST_TEST(record->header.epoch == header.epoch);
    BOOST_TEST(record->header.sequence == header.sequence);
    BOOST_TEST(record->header.first_position == header.first_position);
    BOOST_TEST((record->header.recorded_at == header.recorded_at));
    BOOST_TEST(record->header.events == header.events);
    BOOST_TEST(bytes.size() == block_bytes);
}

BOOST_AUTO_TEST_CASE(when_its_payload_is_empty_then_it_opens) {
    BOOST_TEST(open_record(sealed(header, "")).has_value());
}

BOOST_AUTO_TEST_CASE(when_it_is_cut_short_anywhere_then_it_is_refused) {
    const auto bytes = sealed(header, "a payload of some bytes");
    const auto whole = record_header_bytes + 23;
    for (std::size_t size = 0; size < whole; ++size) {
        const auto part = exactly(std::string_view(bytes).substr(0, size));
        BOOST_TEST(!open_record(view(part)).has_value(), "a record of " << size << " bytes");
    }
    const auto part = exactly(std::string_view(bytes).substr(0, whole));
    BOOST_TEST(open_record(view(part)).has_value());
}

BOOST_AUTO_TEST_CASE(when_any_single_bit_differs_then_it_is_refused) {
    const auto good = sealed(header, "a payload of some bytes");
    const auto whole = record_header_bytes + 23;
    for (std::size_t bit = 0; bit < whole * 8; ++bit) {
        auto bytes = good.substr(0, whole);
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        BOOST_TEST(!open_record(bytes).has_value(), "bit " << bit);
    }
}

BOOST_AUTO_TEST_CASE(when_the_bytes_are_random_then_they_are_no_record) {
    auto random = Random::announced("random records");
    for (int i = 0; i < 20'000; ++i) {
        const auto bytes = exactly(random.bytes(random.below(200)));
        BOOST_TEST_REQUIRE(!open_record(view(bytes)).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_encoded_entries)

BOOST_AUTO_TEST_CASE(when_they_are_decoded_then_they_come_back_in_order) {
    std::string payload;
    for (const auto& entry : every_kind()) {
        payload += encoded(entry);
    }
    EntryDecoder decoder(payload);
    for (const auto& wanted : every_kind()) {
        Entry entry;
        BOOST_REQUIRE(decoder.next(entry));
        BOOST_TEST(encoded(entry) == encoded(wanted));
        BOOST_TEST(entry.category == wanted.category);
        BOOST_TEST(entry.id == wanted.id);
        BOOST_TEST(entry.events == wanted.events);
    }
    BOOST_TEST(decoder.at_end());
}

BOOST_AUTO_TEST_CASE(when_one_is_cut_short_anywhere_then_it_is_refused) {
    for (const auto& wanted : every_kind()) {
        const auto whole = encoded(wanted);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto part = exactly(std::string_view(whole).substr(0, size));
            EntryDecoder decoder(view(part));
            Entry entry;
            BOOST_TEST(!decoder.next(entry), size << " bytes of " << whole.size());
        }
    }
}

BOOST_AUTO_TEST_CASE(when_the_kind_is_unknown_then_it_is_refused) {
    auto bytes = encoded(every_kind().back());
    for (const char kind : {'\0', '\4', '\x7f'}) {
        bytes[0] = kind;
        EntryDecoder decoder(bytes);
        Entry entry;
        BOOST_TEST(!decoder.next(entry));
    }
}

BOOST_AUTO_TEST_CASE(when_a_category_is_longer_than_any_can_be_then_it_is_refused) {
    const std::string longest(64, 'c');
    auto bytes = encoded({.kind = EntryKind::create_stream,
                          .stream = StreamNumber{5},
                          .category = longest,
                          .id = "4711"});
    Entry entry;
    BOOST_TEST(EntryDecoder(bytes).next(entry));
    bytes[9] = 65;
    BOOST_TEST(!EntryDecoder(bytes).next(entry));
}

BOOST_AUTO_TEST_CASE(when_the_bytes_are_random_then_decoding_ends_within_them) {
    auto random = Random::announced("random entries");
    for (int i = 0; i < 20'000; ++i) {
        auto bytes = exactly(random.bytes(random.below(120)));
        if (!bytes.empty()) {
            bytes[0] = static_cast<char>(1 + random.below(3));
        }
        EntryDecoder decoder(view(bytes));
        Entry entry;
        while (!decoder.at_end() && decoder.next(entry)) {
            const auto* end = bytes.data() + bytes.size();
            BOOST_TEST_REQUIRE(
                (entry.events.empty() || entry.events.data() + entry.events.size() <= end));
            BOOST_TEST_REQUIRE((entry.id.empty() || entry.id.data() + entry.id.size() <= end));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

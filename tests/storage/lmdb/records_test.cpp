// The store's record, streams' records, markers and labels: what was written comes back whole.
#include "tests/storage/lmdb/given_an_environment.hpp"

using namespace firn;
using namespace firn::lmdb;
using namespace firn::test;

namespace {

StreamRecord some_stream() {
    StreamRecord record;
    record.name = {"order", "4711"};
    record.version = Version{12};
    record.first_version = Version{5};
    record.last_chunk = Version{9};
    record.last_position = Position{1234};
    record.last_recorded_at = time_at(-77);
    record.marker = Position{1000};
    record.bytes = 4096;
    record.client_ids = 3;
    record.category_label = 2;
    record.chain_hash.fill(std::byte{0xAB});
    return record;
}

template <class Record>
void refuses_every_flipped_bit(const Record& record) {
    const auto good = record.encode();
    BOOST_TEST(Record::decode(good)->encode() == good);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        auto bytes = good;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        BOOST_TEST(!Record::decode(bytes).has_value(), "bit " << bit);
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        BOOST_TEST(!Record::decode(std::string_view(good).substr(0, size)).has_value());
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_records, GivenAnEnvironment)

BOOST_AUTO_TEST_CASE(when_a_stream_record_is_decoded_then_every_field_comes_back) {
    auto record = some_stream();
    for (const bool deleted : {false, true}) {
        record.deleted = deleted;
        const auto decoded = StreamRecord::decode(record.encode());
        BOOST_REQUIRE(decoded.has_value());
        BOOST_TEST(decoded->name == record.name);
        BOOST_TEST(decoded->version == record.version);
        BOOST_TEST(decoded->first_version == record.first_version);
        BOOST_TEST(decoded->last_chunk == record.last_chunk);
        BOOST_TEST(decoded->last_position == record.last_position);
        BOOST_TEST((decoded->last_recorded_at == record.last_recorded_at));
        BOOST_TEST(decoded->marker == record.marker);
        BOOST_TEST(decoded->bytes == record.bytes);
        BOOST_TEST(decoded->client_ids == record.client_ids);
        BOOST_TEST(decoded->category_label == record.category_label);
        BOOST_TEST(decoded->deleted == deleted);
        BOOST_TEST((decoded->chain_hash == record.chain_hash));
    }
}

BOOST_AUTO_TEST_CASE(when_any_bit_of_a_record_differs_then_it_is_refused) {
    refuses_every_flipped_bit(some_stream());
    StoreRecord store;
    store.store = 99;
    store.events = 12;
    refuses_every_flipped_bit(store);
}

BOOST_AUTO_TEST_CASE(when_a_stream_record_lies_damaged_then_reading_it_says_which) {
    write([](WriteTransaction& transaction) {
        write_stream(transaction, StreamNumber{8}, some_stream());
        transaction.put(Table::streams, stream_key(StreamNumber{9}), "nonsense");
    });
    const auto transaction = environment.read();
    BOOST_TEST(read_stream(transaction, StreamNumber{8}).has_value());
    BOOST_TEST(!read_stream(transaction, StreamNumber{7}).has_value());
    BOOST_CHECK_EXCEPTION((void)read_stream(transaction, StreamNumber{9}), CorruptRecord,
                          [](const CorruptRecord& error) {
                              return std::string(error.what()).find("number 9") !=
                                     std::string::npos;
                          });
}

BOOST_AUTO_TEST_CASE(when_a_marker_is_written_then_it_reads_back) {
    write([](WriteTransaction& transaction) {
        write_marker(transaction, Position{5},
                     {Marker::Kind::deleted, StreamNumber{2}, Version{3}, time_at(4)});
    });
    const auto transaction = environment.read();
    const auto marker =
        decode_marker(transaction.get(Table::markers, position_key(Position{5})).value());
    BOOST_TEST((marker.kind == Marker::Kind::deleted));
    BOOST_TEST(marker.stream == StreamNumber{2});
    BOOST_TEST(marker.version == Version{3});
    BOOST_TEST((marker.recorded_at == time_at(4)));
    BOOST_CHECK_THROW((void)decode_marker("nonsense that does not check"), CorruptRecord);
}

BOOST_AUTO_TEST_CASE(when_labels_are_asked_for_again_then_they_are_the_same) {
    StoreRecord store;
    std::uint32_t first = 0;
    write([&](WriteTransaction& transaction) {
        Labels labels;
        first = labels.label(transaction, store, LabelKind::type, "Shipped");
        BOOST_TEST(labels.label(transaction, store, LabelKind::category, "Shipped") != first);
        BOOST_TEST(labels.label(transaction, store, LabelKind::type, "Shipped") == first);
    });
    BOOST_TEST(store.labels == 2u);
    BOOST_TEST(find_label(environment.read(), LabelKind::type, "Shipped") == first);
    BOOST_TEST(find_label(environment.read(), LabelKind::type, "Unheard") == 0u);
    write([&](WriteTransaction& transaction) {
        Labels labels;
        BOOST_TEST(labels.label(transaction, store, LabelKind::type, "Shipped") == first);
    });
}

BOOST_AUTO_TEST_CASE(when_there_are_too_many_labels_then_later_ones_get_none) {
    StoreRecord store;
    store.labels = labels_max - 1;
    write([&](WriteTransaction& transaction) {
        Labels labels;
        BOOST_TEST(labels.label(transaction, store, LabelKind::type, "last") == labels_max);
        BOOST_TEST(labels.label(transaction, store, LabelKind::type, "too late") == 0u);
        BOOST_TEST(labels.label(transaction, store, LabelKind::type, "last") == labels_max);
    });
    BOOST_TEST(store.labels == labels_max);
}

BOOST_AUTO_TEST_SUITE_END()

// Arbitrary bytes as every kind of record that journal and LMDB hold. The first byte chooses the
// kind; where a checksum would end the story early, a right one is put in front. Nothing reads past
// the end, and what is accepted says the same after it was encoded again.
#include "storage/bytes.hpp"
#include "storage/checksum.hpp"
#include "storage/event.hpp"
#include "storage/journal/record.hpp"
#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/id_blocks.hpp"
#include "storage/lmdb/position_block.hpp"
#include "storage/lmdb/store_record.hpp"
#include "storage/lmdb/stream_record.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace firn;

void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

std::string checked(std::string_view body, std::uint64_t seed = 0) {
    std::string out;
    put_int(out, checksum(body, seed));
    out.append(body);
    return out;
}

void walk_record(std::string_view bytes) {
    (void)journal::open_record(bytes);
    std::string record(journal::record_header_bytes, '\0');
    record.append(bytes);
    const journal::RecordHeader header{.payload_bytes = static_cast<std::uint32_t>(bytes.size()),
                                       .epoch = 1,
                                       .sequence = 2,
                                       .first_position = Position{3},
                                       .recorded_at = {},
                                       .events = 4};
    journal::seal_record(header, record.data());
    const auto opened = journal::open_record(record);
    require(opened && opened->payload == bytes, "a sealed record opens with its payload");
}

void walk_entries(std::string_view bytes) {
    journal::EntryDecoder decoder(bytes);
    journal::Entry entry;
    while (!decoder.at_end() && decoder.next(entry)) {
        std::string again(journal::encoded_bytes(entry), '\0');
        journal::encode_entry(entry, again.data());
        require(bytes.substr(0, again.size()) == again, "an entry encodes to its own bytes");
        bytes.remove_prefix(again.size());
    }
}

bool same(const EventView& a, const EventView& b) {
    return a.id == b.id && a.id_from_client == b.id_from_client && a.type == b.type &&
           a.data == b.data && a.metadata == b.metadata && a.traceparent == b.traceparent;
}

void walk_events(std::string_view bytes) {
    EventDecoder decoder(bytes);
    EventView event;
    while (!decoder.at_end() && decoder.decode_next(event)) {
        EncodedEvents encoded;
        NewEvent made;
        made.id = event.id;
        made.id_from_client = event.id_from_client;
        made.type = event.type;
        made.data = event.data;
        made.metadata = event.metadata;
        made.traceparent = event.traceparent;
        encoded.add(made);
        EventDecoder once_more(encoded.bytes());
        EventView again;
        require(once_more.decode_next(again) && once_more.at_end(), "an event decodes again");
        require(same(event, again), "and is the same");
        require(!decoder.last_bytes().empty(), "an event has bytes");
    }
}

void walk_chunk(std::string_view bytes) {
    constexpr StreamNumber stream{7};
    constexpr Version first{9};
    require(!lmdb::ChunkReader::open(stream, first, bytes) || bytes.size() >= 20,
            "a chunk has a header");
    const auto chunk = checked(bytes, stream.value() * 0x9E3779B97F4A7C15u + first.value());
    auto reader = lmdb::ChunkReader::open(stream, first, chunk);
    lmdb::ChunkBuilder builder;
    const bool resumed = builder.resume(stream, first, chunk);
    if (!reader) {
        require(!resumed, "what cannot be read cannot be extended");
        return;
    }
    EventView event;
    std::uint32_t events = 0;
    while (reader->next(event)) {
        ++events;
    }
    require(resumed == !reader->is_corrupt(), "what is read to its end can be extended");
    require(reader->is_corrupt() || events == reader->header().count, "it holds what it says");
    if (resumed) {
        require(builder.finish(stream, first) == chunk, "an extended chunk keeps its bytes");
    }
}

void walk_records(std::string_view bytes) {
    const auto whole = checked(bytes);
    if (const auto stream = lmdb::StreamRecord::decode(whole)) {
        const auto once = stream->encode();
        const auto again = lmdb::StreamRecord::decode(once);
        require(again && again->encode() == once, "a stream's record survives being written");
    }
    if (const auto store = lmdb::StoreRecord::decode(whole)) {
        const auto once = store->encode();
        require(std::string_view(once).substr(8) == bytes.substr(0, once.size() - 8),
                "the store's record encodes to its own bytes");
    }
}

void walk_position_block(std::string_view bytes) {
    constexpr Position first{100};
    const auto entries = lmdb::decode_position_block(first, checked(bytes, first.value()));
    if (entries) {
        const auto again =
            lmdb::decode_position_block(first, lmdb::encode_position_block(first, *entries));
        require(again && again->size() == entries->size(), "a position block survives");
    }
}

void walk_id_block(std::string_view bytes) {
    try {
        (void)lmdb::decode_id_block(checked(bytes));
    } catch (const lmdb::CorruptRecord&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 7) {
        case 0: walk_record(bytes); break;
        case 1: walk_entries(bytes); break;
        case 2: walk_events(bytes); break;
        case 3: walk_chunk(bytes); break;
        case 4: walk_records(bytes); break;
        case 5: walk_position_block(bytes); break;
        default: walk_id_block(bytes);
    }
    return 0;
}

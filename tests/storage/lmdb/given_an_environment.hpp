// An LMDB file of its own for a test, and small chunks to put into it.
// Thread: one. Errors: LmdbError.
#pragma once

#include "storage/lmdb/chunk.hpp"
#include "storage/lmdb/deletion.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/records.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace firn::test {

struct GivenAnEnvironment {
    template <class Step>
    void write(const Step& step) {
        auto transaction = environment.write();
        step(transaction);
        transaction.commit();
    }

    TemporaryDirectory directory;
    lmdb::Environment environment{directory.path() / "events.mdb", std::size_t{1} << 20};
};

inline Timestamp time_at(std::int64_t micros) {
    return Timestamp{std::chrono::microseconds{micros}};
}

// Event number `version` of a stream, as chunks take it.
struct ChunkEvent {
    EventView view;
    std::string encoded;
};
inline ChunkEvent chunk_event(std::uint64_t version, std::string data = "{}") {
    ChunkEvent event;
    const auto encoded = encode({client_event(version, std::move(data))});
    event.encoded = encoded->bytes();
    event.view.version = Version{version};
    event.view.position = Position{1000 + 10 * version};
    // To and fro, as imports may state times.
    event.view.recorded_at =
        time_at(static_cast<std::int64_t>(version % 2 ? 5'000'000 - version : version));
    return event;
}

inline std::string chunk_of(StreamNumber stream, std::uint64_t first, std::uint64_t last,
                            const Hash& chain_before = {}) {
    lmdb::ChunkBuilder builder;
    builder.start(chain_before);
    for (auto version = first; version <= last; ++version) {
        const auto event = chunk_event(version, "{\"v\":" + std::to_string(version) + "}");
        builder.add(event.view, event.encoded);
    }
    return std::string(builder.finish(stream, Version{first}));
}

}  // namespace firn::test

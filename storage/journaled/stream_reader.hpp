// Reading one stream: its settled chunks and its unsettled tail as one.
//
// The tail is taken first and the LMDB transaction begun after it: what settles in between is
// seen twice, never missed, and the settled version decides which of the two to use.
// Thread: any. Errors: storage_errc; LmdbError and CorruptRecord are caught by the store.
#pragma once

#include "storage/event_store.hpp"
#include "storage/journaled/unsettled.hpp"
#include "storage/lmdb/environment.hpp"

namespace firn {

class StreamReader {
public:
    StreamReader(const lmdb::Environment& environment, const Unsettled& unsettled)
        : environment_(environment), unsettled_(unsettled) {}

    [[nodiscard]] result<StreamPage> read(const StreamName& stream, const StreamQuery& query) const;
    [[nodiscard]] result<Version> head_version(const StreamName& stream) const;
    [[nodiscard]] result<StreamFacts> facts(const StreamName& stream) const;
    [[nodiscard]] result<StreamList> list(const ListQuery& query) const;
    [[nodiscard]] result<std::optional<RememberedEvent>> find_event(const StreamName& stream,
                                                                    const EventId& id) const;

private:
    const lmdb::Environment& environment_;
    const Unsettled& unsettled_;
};

}  // namespace firn

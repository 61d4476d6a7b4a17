#include "storage/journaled/journaled_snapshots.hpp"

#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/snapshots.hpp"

namespace firn {

namespace {

const error_code no_memory = make_error_code(boost::system::errc::not_enough_memory);

}  // namespace

result<JournaledSnapshots::Standing> JournaledSnapshots::standing(const StreamName& stream) const {
    const auto key = lmdb::name_key(stream);
    const auto tail = unsettled_.tail(key, {.events_max = 0});
    const auto transaction = environment_.read();
    const auto number = tail ? std::optional(tail->stream) : lmdb::find_stream(transaction, key);
    const auto record = number ? lmdb::read_stream(transaction, *number) : std::nullopt;
    if (!tail && !record) {
        return storage_errc::stream_not_found;
    }
    if ((tail && tail->deleted) || (record && record->deleted)) {
        return storage_errc::stream_deleted;
    }
    Standing standing{.stream = *number, .version = tail ? tail->version : record->version};
    if (record) {
        standing.first_version = record->first_version;
        standing.settled = record->version;
    }
    return standing;
}

result<JournaledSnapshots::Standing> JournaledSnapshots::standing_for(const StreamName& stream,
                                                                      Version version) const {
    const auto found = reading_([&] { return standing(stream); });
    if (!found) {
        return found;
    }
    if (version == no_version || version > found->version) {
        return storage_errc::version_not_found;
    }
    if (version.next() < found->first_version) {
        return storage_errc::compacted;
    }
    return found;
}

void JournaledSnapshots::save(const StreamName& stream, Snapshot snapshot, std::uint32_t keep,
                              Done done) {
    error_code error;
    try {
        const auto version = snapshot.facts.version;
        if (const auto found = standing_for(stream, version)) {
            settler_.write(
                {SnapshotSave{found->stream, std::move(snapshot), keep, found->settled >= version},
                 std::move(done)});
            return;
        } else {
            error = found.error();
        }
    } catch (const std::bad_alloc&) {
        error = no_memory;
    }
    done(error);
}

void JournaledSnapshots::remove(const StreamName& stream, Version version, Done done) {
    error_code error;
    try {
        if (const auto found = reading_([&] { return standing(stream); })) {
            settler_.write({SnapshotRemoval{found->stream, version}, std::move(done)});
            return;
        } else if (found.error() != storage_errc::stream_not_found &&
                   found.error() != storage_errc::stream_deleted) {
            error = found.error();
        }
    } catch (const std::bad_alloc&) {
        error = no_memory;
    }
    done(error);
}

template <class Answer, class Look>
result<Answer> JournaledSnapshots::looking(const StreamName& stream, const Look& look) const {
    return reading_([&]() -> result<Answer> {
        const auto key = lmdb::name_key(stream);
        if (const auto tail = unsettled_.tail(key, {.events_max = 0}); tail && tail->deleted) {
            return Answer{};
        }
        const auto transaction = environment_.read();
        const auto number = lmdb::find_stream(transaction, key);
        const auto record = number ? lmdb::read_stream(transaction, *number) : std::nullopt;
        if (!record || record->deleted) {
            return Answer{};
        }
        return look(transaction, *number, *record);
    });
}

result<SnapshotLoad> JournaledSnapshots::load(const StreamName& stream, Version at_most,
                                              std::uint32_t revision) const {
    auto load =
        looking<SnapshotLoad>(stream, [&](const lmdb::Transaction& transaction, StreamNumber number,
                                          const lmdb::StreamRecord& record) {
            return lmdb::load_snapshot(transaction, number, record, at_most, revision);
        });
    if (load && load->corrupt > 0) {
        reading_.report(
            fmt::format("{} snapshots of {}/{} do not check; older ones or events are "
                        "used",
                        load->corrupt, stream.category, stream.id));
    }
    return load;
}

result<std::optional<Snapshot>> JournaledSnapshots::find(const StreamName& stream,
                                                         Version version) const {
    return looking<std::optional<Snapshot>>(
        stream, [&](const lmdb::Transaction& transaction, StreamNumber number,
                    const lmdb::StreamRecord& record) {
            return lmdb::find_snapshot(transaction, number, record, version);
        });
}

result<AnchorCopies> JournaledSnapshots::anchor(const StreamName& stream, Version version) const {
    return looking<AnchorCopies>(stream, [&](const lmdb::Transaction& transaction,
                                             StreamNumber number, const lmdb::StreamRecord&) {
        return lmdb::read_anchor(transaction, number, version);
    });
}

result<std::vector<SnapshotFacts>> JournaledSnapshots::list(const StreamName& stream) const {
    return looking<std::vector<SnapshotFacts>>(
        stream, [&](const lmdb::Transaction& transaction, StreamNumber number,
                    const lmdb::StreamRecord& record) {
            return lmdb::list_snapshots(transaction, number, record);
        });
}

}  // namespace firn

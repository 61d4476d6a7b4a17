#include "storage/journaled/verify_journal.hpp"

#include "storage/journal/recovery.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace firn {

namespace {

class JournalVerification {
public:
    JournalVerification(const lmdb::Transaction& transaction, VerifyReport& report)
        : transaction_(transaction), report_(report) {}

    void take(const journal::RecordView& record) {
        if (record.header.first_position != report_.head.next()) {
            report_.add_problem(fmt::format(
                "journal record {} begins at position {}, not {}", record.header.sequence,
                record.header.first_position.value(), report_.head.next().value()));
        }
        report_.head = report_.head.plus(record.header.events);
        journal::EntryDecoder decoder(record.payload);
        journal::Entry entry;
        while (!decoder.at_end()) {
            if (!decoder.next(entry)) {
                report_.add_problem(fmt::format("journal record {} holds what is no entry",
                                                record.header.sequence));
                return;
            }
            take(record, entry);
        }
    }
    [[nodiscard]] const PlaceSum& held_already() const noexcept { return held_already_; }

private:
    void take(const journal::RecordView& record, const journal::Entry& entry) {
        const auto settled = lmdb::read_stream(transaction_, entry.stream);
        auto& head =
            heads_.try_emplace(entry.stream.value(), settled ? settled->version : no_version)
                .first->second;
        switch (entry.kind) {
            case journal::EntryKind::create_stream: report_.streams += settled ? 0 : 1; return;
            case journal::EntryKind::delete_stream:
                if (!settled || !settled->deleted) {
                    --report_.streams;
                    ++report_.deleted_streams;
                    const auto first = settled ? settled->first_version : Version{1};
                    report_.events -= head.next().since(first);
                }
                return;
            case journal::EntryKind::append: break;
        }
        EventDecoder decoder(entry.events);
        EventView event;
        std::uint32_t count = 0;
        while (decoder.decode_next(event)) {
            const auto version = entry.version.plus(count);
            if (settled && version >= settled->first_version && version <= settled->version) {
                held_already_.add(entry.position.plus(count), entry.stream, version);
            }
            ++count;
        }
        const auto end = entry.version.plus(entry.count);
        if (count != entry.count || entry.version > head.next()) {
            report_.add_problem(fmt::format(
                "journal record {}: the events of stream number {} from version "
                "{} on are not whole, or do not follow version {}",
                record.header.sequence, entry.stream.value(), entry.version.value(), head.value()));
        } else if (end > head.next()) {
            report_.events += end.since(head.next());
            head = Version{end.value() - 1};
        }
    }

    const lmdb::Transaction& transaction_;
    VerifyReport& report_;
    std::unordered_map<std::uint64_t, Version> heads_;
    PlaceSum held_already_;
};

}  // namespace

PlaceSum verify_journal(const StoreDirectory& directory, const lmdb::Transaction& transaction,
                        const lmdb::StoreRecord& store, VerifyReport& report) {
    JournalVerification verification(transaction, report);
    const auto check =
        journal::check({.directory = directory.journal(),
                        .store = directory.store(),
                        .settled_sequence = store.settled_sequence},
                       [&](const journal::RecordView& record) { verification.take(record); });
    report.journal_records = check.next_sequence - store.settled_sequence - 1;
    for (const auto& sentence : check.problems) {
        report.add_problem(sentence);
    }
    return verification.held_already();
}

}  // namespace firn

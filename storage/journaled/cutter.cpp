#include "storage/journaled/cutter.hpp"

#include "storage/lmdb/deletion.hpp"
#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/snapshot_record.hpp"
#include "storage/lmdb/snapshots.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace firn {

struct Cutter::Request {
    std::string name_key;
    Version up_to;
    CutTerms terms;
    EventStore::CutDone done;
    CutFacts facts = {};
    bool must_settle = false;  // found out in the transaction: come back after a round
    std::unique_lock<std::mutex> no_deletion = {};  // from before the transaction to the count
};

namespace {

bool has_anchor(const lmdb::Transaction& transaction, StreamNumber stream, Version version,
                const Hash& state) {
    const auto copies = lmdb::read_anchor(transaction, stream, version);
    const auto is_it = [&](const std::optional<Snapshot>& copy) {
        return copy && copy->facts.state_hash == state;
    };
    return is_it(copies.first) && is_it(copies.second);
}

}  // namespace

void Cutter::begin_cut(const StreamName& stream, Version up_to, CutTerms terms,
                       EventStore::CutDone done) {
    auto request = std::make_shared<Request>(
        Request{lmdb::name_key(stream), up_to, std::move(terms), std::move(done)});
    const auto settled = unsettled_.settled_version(request->name_key);
    const bool waits = settled && *settled < up_to;
    post(std::move(request), waits ? Settler::When::after_settling : Settler::When::soon);
}

void Cutter::post(std::shared_ptr<Request> request, Settler::When when) {
    auto task = [this, request](lmdb::WriteTransaction& transaction) {
        return cut(*request, transaction);
    };
    auto done = [this, request](error_code error) {
        if (!error) {
            committer_.forget_events(request->facts.events);
        }
        request->no_deletion = {};
        if (std::exchange(request->must_settle, false)) {
            try {
                post(request, Settler::When::after_settling);
            } catch (const std::bad_alloc&) {
                // Nothing may escape to the settler.
                request->done(make_error_code(boost::system::errc::not_enough_memory));
            }
            return;
        }
        request->done(error ? result<CutFacts>(error) : result<CutFacts>(request->facts));
    };
    auto begins = [this, request] { request->no_deletion = committer_.hold_deletions(); };
    settler_.post(std::move(task), when, std::move(done), std::move(begins));
}

error_code Cutter::cut(Request& request, lmdb::WriteTransaction& transaction) const {
    request.facts = {};
    const auto number = lmdb::find_stream(transaction, request.name_key);
    auto record = number ? lmdb::read_stream(transaction, *number) : std::nullopt;
    const auto tail = unsettled_.tail(request.name_key, {.events_max = 0});
    if (!record && !tail) {
        return storage_errc::stream_not_found;
    }
    if ((record && record->deleted) || (tail && tail->deleted)) {
        return storage_errc::stream_deleted;
    }
    if (request.up_to > (tail ? tail->version : record->version)) {
        return storage_errc::version_not_found;
    }
    if (request.up_to == no_version) {
        return {};
    }
    if (!record || record->version < request.up_to) {
        request.must_settle = true;
        return storage_errc::version_not_found;
    }
    const auto cut = lmdb::plan_cut(transaction, *number, *record, request.up_to);
    if (cut.facts.events == 0) {
        request.facts = cut.facts;
        return {};
    }
    // The stream may be ahead of its round.
    if (cut.facts.position > unsettled_.settled_position()) {
        request.must_settle = true;
        return storage_errc::version_not_found;
    }
    const auto& terms = request.terms;
    if (terms.anchor_state &&
        !has_anchor(transaction, *number, request.up_to, *terms.anchor_state)) {
        return storage_errc::anchor_missing;
    }
    if (terms.decide) {
        const auto documents = terms.decide(cut.facts);
        if (!documents) {
            return documents.error();
        }
        for (const auto& [kind, key, text] : *documents) {
            const auto stored = lmdb::document_key(kind, key);
            transaction.put(lmdb::Table::documents, stored, lmdb::encode_document(stored, text));
        }
    }
    auto store = lmdb::read_store(transaction).value_or(lmdb::StoreRecord{});
    lmdb::apply_cut(transaction, *number, cut, *record, store);
    lmdb::write_store(transaction, store);
    request.facts = cut.facts;
    return {};
}

void Cutter::begin_reclaim(std::uint32_t events_max, EventStore::ReclaimDone done) {
    const auto progress = std::make_shared<ReclaimProgress>();
    settler_.post(
        [progress, events_max](lmdb::WriteTransaction& transaction) {
            *progress = lmdb::reclaim_slice(transaction, std::max(events_max, 1u));
            return error_code();
        },
        Settler::When::soon,
        [progress, done = std::move(done)](error_code error) {
            done(error ? result<ReclaimProgress>(error) : result<ReclaimProgress>(*progress));
        });
}

result<bool> Cutter::is_reclaimed(const StreamName& stream) const {
    const auto key = lmdb::name_key(stream);
    const auto transaction = environment_.read();
    const auto number = lmdb::find_stream(transaction, key);
    return !number || lmdb::is_reclaimed(transaction, *number);
}

}  // namespace firn

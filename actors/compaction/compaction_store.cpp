#include "actors/compaction/compaction_store.hpp"

#include "actors/answer_of.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace firn {

namespace {

constexpr std::uint32_t reclaim_events = 2048;

template <class T>
result<T> aborted() {
    return make_error_code(storage_errc::closed);
}

// Calls `ask` with the stores and with what is to be called, once, from any thread.
template <class T>
using Done = std::function<void(result<T>)>;
template <class T>
using Ask = std::function<void(const CompactionHost::Stores&, Done<T>)>;

template <class T>
boost::asio::awaitable<result<T>> answer_of_store(const SharedHost& host, Ask<T> ask) {
    return answer_of<result<T>>(
        [](Reply<result<T>> reply, SharedHost on, Ask<T> asked) {
            Done<T> done = [on, waiting = std::make_shared<Reply<result<T>>>(std::move(reply))](
                               result<T> value) {
                on->post([waiting, value = std::move(value)]() mutable {
                    std::move(*waiting).answer(std::move(value));
                });
            };
            if (const auto stores = on->enter()) {
                asked(stores, std::move(done));
            } else {
                done(aborted<T>());
            }
        },
        &aborted<T>, host, std::move(ask));
}

// What a snapshot store calls.
SnapshotStore::Done by_error(Done<void> done) {
    return [done = std::move(done)](error_code error) {
        done(error ? result<void>(error) : result<void>());
    };
}

const Snapshot* any_of(const AnchorCopies& copies) {
    return copies.first ? &*copies.first : copies.second ? &*copies.second : nullptr;
}

}  // namespace

boost::asio::awaitable<result<void>> save_anchor(const SharedHost& host, const StreamName& stream,
                                                 Snapshot anchor) {
    return answer_of_store<void>(
        host, [stream, anchor = std::move(anchor)](const auto& stores, Done<void> done) {
            stores.snapshots().save(stream, anchor, 1, by_error(std::move(done)));
        });
}

boost::asio::awaitable<result<void>> remove_anchor(const SharedHost& host, const StreamName& stream,
                                                   Version version) {
    return answer_of_store<void>(
        host, [host, stream, version](const auto& stores, Done<void> done) {
            const auto copies = stores.snapshots().anchor(stream, version);
            const auto* anchor = copies ? any_of(*copies) : nullptr;
            const bool of_client = anchor != nullptr && anchor->facts.decider_kind == "external";
            auto client = of_client ? std::optional(*anchor) : std::nullopt;
            stores.snapshots().remove(
                stream, version,
                [host, stream, client = std::move(client), done](error_code error) mutable {
                    if (error || !client) {
                        by_error(done)(error);
                        return;
                    }
                    // Not here: the store's thread must not wait for the store.
                    host->post([host, stream, client = *std::move(client), done]() mutable {
                        client.facts.kind = SnapshotKind::client;
                        if (const auto again = host->enter()) {
                            again.snapshots().save(stream, std::move(client), 2, by_error(done));
                        } else {
                            done(aborted<void>());
                        }
                    });
                });
        });
}

boost::asio::awaitable<result<CutFacts>> cut_if_confirmed(const SharedHost& host,
                                                          const CompactionReport& after,
                                                          std::uint32_t revision,
                                                          std::uint64_t blockers_mark) {
    return answer_of_store<CutFacts>(
        host, [host, after, revision, blockers_mark](const auto& stores, Done<CutFacts> done) {
            CutTerms terms;
            terms.anchor_state = after.snapshot->state_hash;
            // The transaction may be tried more than once.
            const auto confirmed = std::make_shared<bool>(false);
            terms.decide = [=](const CutFacts& facts) {
                auto kept = after;
                kept.events_deleted = facts.events;
                kept.bytes_deleted = facts.bytes;
                if (std::exchange(*confirmed, false)) {
                    host->cut_ended(kept, std::nullopt);
                }
                auto documents = facts.first_version == kept.first_version_before
                                     ? host->confirm_cut(kept, revision, blockers_mark)
                                     : result<std::vector<DocumentText>>(actor_errc::plan_changed);
                *confirmed = documents.has_value();
                return documents;
            };
            stores.events().begin_cut(
                after.stream, after.up_to_version, std::move(terms),
                [host, after, confirmed, done = std::move(done)](result<CutFacts> made) {
                    if (*confirmed) {
                        host->cut_ended(after, made ? std::optional(made->position) : std::nullopt);
                    }
                    done(std::move(made));
                });
        });
}

boost::asio::awaitable<result<CutFacts>> facts_of_cut(const SharedHost& host,
                                                      const StreamName& stream, Version up_to) {
    return answer_of_store<CutFacts>(
        host, [stream, up_to](const auto& stores, Done<CutFacts> done) {
            const auto facts = std::make_shared<std::optional<CutFacts>>();
            CutTerms terms;
            terms.decide = [facts](const CutFacts& found) {
                *facts = found;
                return result<std::vector<DocumentText>>(actor_errc::plan_changed);
            };
            stores.events().begin_cut(stream, up_to, std::move(terms),
                                      [facts, done = std::move(done)](result<CutFacts> nothing) {
                                          done(*facts ? result<CutFacts>(**facts) : nothing);
                                      });
        });
}

boost::asio::awaitable<result<ReclaimProgress>> reclaim_some(const SharedHost& host) {
    return answer_of_store<ReclaimProgress>(
        host, [](const auto& stores, Done<ReclaimProgress> done) {
            stores.events().begin_reclaim(reclaim_events, std::move(done));
        });
}

}  // namespace firn

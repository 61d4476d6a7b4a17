// What a compaction asks of the stores and waits for.
//
// The stores answer on threads of their own; the coroutine goes on where its host posts it.
// Thread: as the coroutine's. Errors: the stores'; closed where there are none any more.
#pragma once

#include "actors/compaction/compaction_host.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>

namespace firn {

using SharedHost = std::shared_ptr<CompactionHost>;

[[nodiscard]] boost::asio::awaitable<result<void>> save_anchor(const SharedHost& host,
                                                               const StreamName& stream,
                                                               Snapshot anchor);
// A client's snapshot that the anchor took the place of comes back.
[[nodiscard]] boost::asio::awaitable<result<void>> remove_anchor(const SharedHost& host,
                                                                 const StreamName& stream,
                                                                 Version version);
// Cuts up to the report's version if its anchor stands there and the host confirms; `after` is the
// report as it is then, which is written with the cut.
[[nodiscard]] boost::asio::awaitable<result<CutFacts>> cut_if_confirmed(
    const SharedHost& host, const CompactionReport& after, std::uint32_t revision,
    std::uint64_t blockers_mark);
// What a cut would take away, found out in a transaction that is given up.
[[nodiscard]] boost::asio::awaitable<result<CutFacts>> facts_of_cut(const SharedHost& host,
                                                                    const StreamName& stream,
                                                                    Version up_to);
// A slice.
[[nodiscard]] boost::asio::awaitable<result<ReclaimProgress>> reclaim_some(const SharedHost& host);

}  // namespace firn

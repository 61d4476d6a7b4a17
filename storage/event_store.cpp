#include "storage/event_store.hpp"

#include <future>

namespace firn {

result<CutFacts> EventStore::cut(const StreamName& stream, Version up_to, CutTerms terms) {
    std::promise<result<CutFacts>> done;
    auto outcome = done.get_future();
    begin_cut(stream, up_to, std::move(terms),
              [&done](result<CutFacts> cut) { done.set_value(std::move(cut)); });
    return outcome.get();
}

result<ReclaimProgress> EventStore::reclaim(std::uint32_t events_max) {
    std::promise<result<ReclaimProgress>> done;
    auto outcome = done.get_future();
    begin_reclaim(events_max,
                  [&done](result<ReclaimProgress> progress) { done.set_value(progress); });
    return outcome.get();
}

result<FeedWindow> EventStore::gather(const FeedQuery& query, FeedWindow /*done*/) const {
    auto page = feed(query);
    if (!page) {
        return page.error();
    }
    return FeedWindow(*std::move(page));
}

}  // namespace firn

// Which entries of the feed a query asks for, the same in every backend and for live readers.
// Thread: plain functions. Errors: none.
#pragma once

#include "storage/event_store.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

// An empty filter lets everything through.
[[nodiscard]] inline bool passes(const std::vector<std::string>& filter, std::string_view value) {
    return filter.empty() || std::ranges::find(filter, value) != filter.end();
}

[[nodiscard]] inline bool passes_name(const FeedQuery& query, const StreamName& name) {
    return passes(query.categories, name.category) && name.id.starts_with(query.id_prefix);
}

// Stand-ins pass every type filter.
[[nodiscard]] inline bool passes_filters(const FeedQuery& query, const FeedEvent& entry) {
    return passes_name(query, *entry.stream) &&
           (entry.kind != FeedEvent::Kind::event || passes(query.types, entry.event.type));
}

}  // namespace firn

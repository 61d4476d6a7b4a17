#include "actors/category_probe.hpp"

#include "actors/fold.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"

#include <algorithm>
#include <chrono>

namespace firn {

namespace {

using Clock = std::chrono::steady_clock;

// Enough for a mean, little enough to be done before anybody notices; where an event takes long,
// the time is up first.
constexpr std::chrono::milliseconds probe_time_max{20};
constexpr std::uint32_t streams_looked_at = 100;
constexpr std::uint64_t events_max = 2'000;
constexpr int repeats = 8;

std::optional<StreamFacts> longest_stream(const EventStore& store, const std::string& category) {
    ListQuery query;
    query.category = category;
    query.limit = streams_looked_at;
    auto list = store.list(query);
    if (!list || list->streams.empty()) {
        return std::nullopt;
    }
    return *std::ranges::max_element(list->streams, {}, &StreamFacts::events);
}

void measure_snapshots(CategoryCosts& costs, const Fold& fold) {
    for (int i = 0; i != repeats; ++i) {
        const auto began = Clock::now();
        const auto text = fold.json();
        const auto value = text ? parse_json(**text) : parse_json("");
        if (!value) {
            return;
        }
        [[maybe_unused]] const auto hash = state_hash(*value);
        const auto made = Clock::now();
        if (!fold.by().engine->restore(**text)) {
            return;
        }
        costs.snapshots_made.add(1, made - began);
        costs.snapshot_bytes.add((*text)->size());
        costs.snapshots_restored.add(1, Clock::now() - made);
    }
}

}  // namespace

void probe_category(ActorContext& context, Category& category) {
    const auto by = category.in_effect();
    if (!by->engine || by->is_external()) {
        return;
    }
    const auto pass = context.gate.enter();
    const auto stream = pass ? longest_stream(*pass, category.name()) : std::nullopt;
    if (!stream || stream->first_version != no_version.next()) {
        return;
    }
    Fold fold(by, by->engine->initial(), no_version);
    const auto up_to = Version{std::min(stream->version.value(), events_max)};
    const TurnTime time(probe_time_max);
    for (bool at_end = false; !at_end && !time.is_up();) {
        const auto began = Clock::now();
        const auto slice = fold.read(*pass, stream->stream, up_to, time);
        if (slice.error || slice.failure) {
            return;
        }
        category.costs.events_folded.add(slice.applied, Clock::now() - began);
        at_end = slice.at_end;
    }
    measure_snapshots(category.costs, fold);
}

}  // namespace firn

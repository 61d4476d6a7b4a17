// What one thread does with an event in memory, by the project's own parts: events a second.
// Thread: one. Errors: fail() if a result is wrong.
#pragma once

#include "actors/deciders/merge_patch.hpp"
#include "actors/json/value.hpp"
#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"
#include "storage/chain_hash.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace firn::perf {

class MemoryLimits {
public:
    MemoryLimits(std::size_t events, std::size_t event_bytes)
        : fold_(make_merge_patch_engine()->initial()) {
        std::mt19937_64 random{42};
        for (std::size_t i = 0; i < events; ++i) {
            events_.push_back(data_of(random, event_bytes));
        }
    }

    double check_json() const {
        return each(
            [](const std::string& data) { check(!validate_json(data), "an event is not JSON"); });
    }
    double parse() const {
        return each([](const std::string& data) {
            const auto value = parse_json(data);
            check(value && value->as_object().size() == 8, "an event does not parse");
        });
    }
    double encode() const {
        EncodedEvents encoded;
        encoded.reserve(events_.size() * (events_.front().size() + 64));
        const auto rate = each(
            [&](const std::string& data) { encoded.add({.type = "LinesChanged", .data = data}); });
        check(encoded.count() == events_.size(), "not every event was encoded");
        return rate;
    }
    double fold() {
        Version version;
        return each([&](const std::string& data) {
            EventView event;
            event.type = "LinesChanged";
            event.data = data;
            event.version = version = version.next();
            check(!fold_->evolve(event), "an event does not fold");
        });
    }
    double hash() {
        auto chain = chain_start("perf", "0");
        Version version;
        const auto rate = each([&](const std::string& data) {
            EventView event;
            event.type = "LinesChanged";
            event.data = data;
            event.version = version = version.next();
            chain = chain_next(chain, event);
        });
        check(!first_chain_ || *first_chain_ == chain, "the same events have another hash");
        first_chain_ = chain;
        return rate;
    }

private:
    template <class Work>
    double each(const Work& work) const {
        const auto spent = seconds([&] {
            for (const auto& data : events_) {
                work(data);
            }
        });
        return static_cast<double>(events_.size()) / spent;
    }

    std::vector<std::string> events_;
    std::unique_ptr<FoldedState> fold_;
    std::optional<Hash> first_chain_;
};

}  // namespace firn::perf

// What a user sets for a subscription: which events it is about, and where it began.
//
// The filters are the feed's. Where it began says only what its first checkpoint was; what moves
// afterwards is the checkpoint.
// Thread: plain values. Errors: JsonError with a pointer to what was wrong.
#pragma once

#include "actors/json/json_error.hpp"
#include "storage/types.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

struct SubscriptionLimits {
    std::size_t count_max = 10'000;
    std::uint32_t scan_max = 100'000;  // positions that a read looks at before others get a turn
};

// Where it begins: after the head as it was then, or after a position; the beginning is position 0.
struct SubscriptionStart {
    enum class Kind : std::uint8_t { after, end };
    Kind kind = Kind::after;
    Position position;

    friend bool operator==(const SubscriptionStart&, const SubscriptionStart&) = default;
};

struct SubscriptionSettings {
    static constexpr std::size_t values_max = 100;  // categories, and types

    std::vector<std::string> categories;  // empty: all
    std::vector<std::string> types;       // empty: all
    std::string id_prefix;
    // None: the beginning for a new subscription; where it began for one that is there.
    std::optional<SubscriptionStart> from;
    bool blocks_compaction = false;

    [[nodiscard]] bool filters_as(const SubscriptionSettings& other) const {
        return categories == other.categories && types == other.types &&
               id_prefix == other.id_prefix;
    }
    friend bool operator==(const SubscriptionSettings&, const SubscriptionSettings&) = default;
};

using ParsedSubscription = boost::system::result<SubscriptionSettings, JsonError>;

// A PUT's body; unknown members are errors.
[[nodiscard]] ParsedSubscription parse_subscription_settings(std::string_view json);
// In the form that the parser takes, every member.
[[nodiscard]] std::string write_subscription_settings(const SubscriptionSettings& settings);
// "beginning", "end" or a number, as JSON.
void append_subscription_start(std::string& out, const SubscriptionStart& start);

}  // namespace firn

// How a subscription is kept in the document store: its settings under its name, and under the
// same name, apart, its checkpoint in decimal digits, which is written much more often.
// Thread: plain values. Errors: none is returned for what cannot be read.
#pragma once

#include "actors/subscriptions/subscription_settings.hpp"

namespace firn {

struct SubscriptionDocument {
    SubscriptionSettings settings;  // with `from`
    Timestamp created_at;
};

[[nodiscard]] std::string write_subscription_document(const SubscriptionDocument& document);
[[nodiscard]] std::optional<SubscriptionDocument> parse_subscription_document(
    std::string_view text);

[[nodiscard]] std::string write_checkpoint(Position checkpoint);
[[nodiscard]] std::optional<Position> parse_checkpoint(std::string_view text);

}  // namespace firn

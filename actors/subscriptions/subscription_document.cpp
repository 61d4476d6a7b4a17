#include "actors/subscriptions/subscription_document.hpp"

#include "actors/identity/timestamp.hpp"
#include "actors/json/scanner.hpp"

#include <charconv>

namespace firn {

std::string write_subscription_document(const SubscriptionDocument& document) {
    std::string text = "{\"created_at\":\"";
    write_rfc3339(text, document.created_at);
    return text + "\",\"settings\":" + write_subscription_settings(document.settings) + "}";
}

std::optional<SubscriptionDocument> parse_subscription_document(std::string_view text) {
    SubscriptionDocument document;
    bool has_time = false;
    JsonScanner in(text);
    if (!in.enter_object()) {
        return std::nullopt;
    }
    while (const auto name = in.next_member()) {
        // The name's bytes go with the next value.
        const std::string member(*name);
        const auto value = in.take();
        if (member == "created_at") {
            std::string scratch;
            const auto time = parse_rfc3339(as_string(value, scratch).value_or(""));
            has_time = time.has_value();
            document.created_at = time.value_or(Timestamp{});
        } else if (member == "settings") {
            auto settings = parse_subscription_settings(value.raw);
            if (!settings) {
                return std::nullopt;
            }
            document.settings = std::move(*settings);
        }
    }
    return in.finish() && has_time && document.settings.from ? std::optional(std::move(document))
                                                             : std::nullopt;
}

std::string write_checkpoint(Position checkpoint) {
    return std::to_string(checkpoint.value());
}

std::optional<Position> parse_checkpoint(std::string_view text) {
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stopped == end ? std::optional(Position{number}) : std::nullopt;
}

}  // namespace firn

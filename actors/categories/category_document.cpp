#include "actors/categories/category_document.hpp"

#include "actors/json/scanner.hpp"

namespace firn {

std::string write_document(const CategoryDocument& document) {
    return "{\"revision\":" + std::to_string(document.revision) +
           ",\"code_revision\":" + std::to_string(document.code_revision) +
           ",\"removed\":" + (document.removed ? "true" : "false") +
           ",\"settings\":" + write_settings(document.settings) + "}";
}

std::optional<CategoryDocument> parse_document(std::string_view text) {
    CategoryDocument document;
    JsonScanner in(text);
    if (!in.enter_object()) {
        return std::nullopt;
    }
    while (const auto name = in.next_member()) {
        // The name's bytes go with the next value.
        const std::string member(*name);
        const auto value = in.take();
        if (member == "revision") {
            document.revision = static_cast<std::uint32_t>(as_uint64(value).value_or(0));
        } else if (member == "code_revision") {
            document.code_revision = static_cast<std::uint32_t>(as_uint64(value).value_or(0));
        } else if (member == "removed") {
            document.removed = as_bool(value).value_or(false);
        } else if (member == "settings") {
            auto settings = parse_category_settings(value.raw);
            if (!settings) {
                return std::nullopt;
            }
            document.settings = std::move(*settings);
        }
    }
    return in.finish() && document.revision != 0 ? std::optional(std::move(document))
                                                 : std::nullopt;
}

std::string policy_key(const StreamName& stream) {
    return stream.category + '\0' + stream.id;
}

StreamName policy_stream(std::string_view key) {
    const auto zero = key.find('\0');
    return {std::string(key.substr(0, zero)), std::string(key.substr(zero + 1))};
}

}  // namespace firn

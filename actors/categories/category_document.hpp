// A category as it lies in the document store:
//   {"revision": n, "code_revision": n, "removed": bool, "settings": {…}}
// Thread: plain functions. Errors: none for text that write_document() made; else nothing.
#pragma once

#include "actors/categories/settings.hpp"
#include "storage/types.hpp"

namespace firn {

struct CategoryDocument {
    std::uint32_t revision = 1;
    std::uint32_t code_revision = 0;
    bool removed = false;
    CategorySettings settings;
};

[[nodiscard]] std::string write_document(const CategoryDocument& document);
[[nodiscard]] std::optional<CategoryDocument> parse_document(std::string_view text);

// Where the policy of a stream lies, and whose it is.
[[nodiscard]] std::string policy_key(const StreamName& stream);
[[nodiscard]] StreamName policy_stream(std::string_view key);

}  // namespace firn

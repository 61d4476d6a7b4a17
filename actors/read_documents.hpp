// Goes through all documents of a kind when the service opens.
// Thread: one. Errors: StorageFailure if one does not check.
#pragma once

#include "storage/document_store.hpp"

#include <string>

namespace firn {

// take(key, text), in order of keys.
template <class Take>
void read_documents(const DocumentStore& documents, DocumentKind kind, const Take& take) {
    constexpr std::uint32_t page_limit = 1000;
    std::string after;
    for (;;) {
        const auto page = documents.list(kind, after, page_limit);
        if (!page) {
            throw StorageFailure(
                StorageFailure::Cause::damaged,
                "the settings in the store cannot be read: " + page.error().message());
        }
        for (const auto& [key, text] : *page) {
            take(key, text);
        }
        if (page->size() < page_limit) {
            return;
        }
        after = page->back().first;
    }
}

}  // namespace firn

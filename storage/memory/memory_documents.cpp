#include "storage/memory/memory_documents.hpp"

namespace firn {

void MemoryDocuments::put(DocumentKind kind, std::string key, std::string text, Done done) {
    if (key.size() > key_bytes_max) {
        done(storage_errc::too_large);
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        texts_.insert_or_assign({kind, std::move(key)}, std::move(text));
    }
    done({});
}

void MemoryDocuments::erase(DocumentKind kind, std::string key, Done done) {
    {
        const std::lock_guard lock(mutex_);
        texts_.erase({kind, std::move(key)});
    }
    done({});
}

void MemoryDocuments::put_all(std::vector<DocumentText> documents) {
    const std::lock_guard lock(mutex_);
    for (auto& [kind, key, text] : documents) {
        texts_.insert_or_assign({kind, std::move(key)}, std::move(text));
    }
}

result<std::optional<std::string>> MemoryDocuments::get(DocumentKind kind,
                                                        std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const auto found = texts_.find({kind, std::string(key)});
    return found == texts_.end() ? std::nullopt : std::optional(found->second);
}

result<DocumentStore::Documents> MemoryDocuments::list(DocumentKind kind, std::string_view after,
                                                       std::uint32_t limit) const {
    const std::lock_guard lock(mutex_);
    Documents documents;
    const std::pair start{kind, std::string(after)};
    for (auto it = after.empty() ? texts_.lower_bound(start) : texts_.upper_bound(start);
         it != texts_.end() && it->first.first == kind && documents.size() < limit; ++it) {
        documents.emplace_back(it->first.second, it->second);
    }
    return documents;
}

}  // namespace firn

// The reference model of DocumentStore: a map.
// Thread: any; a mutex of its own, under which no Done is called. Errors: too_large for a key;
// nothing else fails here.
#pragma once

#include "storage/document_store.hpp"

#include <map>
#include <mutex>

namespace firn {

class MemoryDocuments final : public DocumentStore {
public:
    void put(DocumentKind kind, std::string key, std::string text, Done done) override;
    void erase(DocumentKind kind, std::string key, Done done) override;
    [[nodiscard]] result<std::optional<std::string>> get(DocumentKind kind,
                                                         std::string_view key) const override;
    [[nodiscard]] result<Documents> list(DocumentKind kind, std::string_view after,
                                         std::uint32_t limit) const override;

    // Written with a cut.
    void put_all(std::vector<DocumentText> documents);

private:
    mutable std::mutex mutex_;
    std::map<std::pair<DocumentKind, std::string>, std::string> texts_;
};

}  // namespace firn

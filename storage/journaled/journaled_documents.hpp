// Documents of the journaled store: written by the settler, read from LMDB.
// Thread: any. Errors: as DocumentStore; too_large for a key, overloaded, disk_full, io_failed,
// closed.
#pragma once

#include "storage/document_store.hpp"
#include "storage/journaled/read_boundary.hpp"
#include "storage/journaled/settler.hpp"

namespace firn {

class JournaledDocuments final : public DocumentStore {
public:
    JournaledDocuments(const JournaledConfig& config, const lmdb::Environment& environment,
                       Settler& settler)
        : reading_(config), environment_(environment), settler_(settler) {}

    void put(DocumentKind kind, std::string key, std::string text, Done done) override;
    void erase(DocumentKind kind, std::string key, Done done) override;
    [[nodiscard]] result<std::optional<std::string>> get(DocumentKind kind,
                                                         std::string_view key) const override;
    [[nodiscard]] result<Documents> list(DocumentKind kind, std::string_view after,
                                         std::uint32_t limit) const override;

private:
    const ReadBoundary reading_;
    const lmdb::Environment& environment_;
    Settler& settler_;
};

}  // namespace firn

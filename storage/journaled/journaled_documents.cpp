#include "storage/journaled/journaled_documents.hpp"

#include "storage/lmdb/keys.hpp"
#include "storage/lmdb/snapshot_record.hpp"

namespace firn {

namespace {

std::string text_of(std::string_view key, std::string_view record) {
    const auto text = lmdb::decode_document(key, record);
    if (!text) {
        throw lmdb::CorruptRecord("the document '" + std::string(key) + "' does not check");
    }
    return std::string(*text);
}

}  // namespace

void JournaledDocuments::put(DocumentKind kind, std::string key, std::string text, Done done) {
    if (key.size() > key_bytes_max) {
        done(storage_errc::too_large);
        return;
    }
    settler_.write(
        {DocumentWrite{lmdb::document_key(kind, key), std::move(text)}, std::move(done)});
}

void JournaledDocuments::erase(DocumentKind kind, std::string key, Done done) {
    if (key.size() > key_bytes_max) {
        done({});  // it cannot be there
        return;
    }
    settler_.write({DocumentWrite{lmdb::document_key(kind, key), {}}, std::move(done)});
}

result<std::optional<std::string>> JournaledDocuments::get(DocumentKind kind,
                                                           std::string_view document) const {
    if (document.size() > key_bytes_max) {
        return std::optional<std::string>{};
    }
    return reading_([&]() -> result<std::optional<std::string>> {
        const auto key = lmdb::document_key(kind, document);
        const auto transaction = environment_.read();
        const auto record = transaction.get(lmdb::Table::documents, key);
        return record ? std::optional(text_of(key, *record)) : std::nullopt;
    });
}

result<DocumentStore::Documents> JournaledDocuments::list(DocumentKind kind, std::string_view after,
                                                          std::uint32_t limit) const {
    return reading_([&]() -> result<Documents> {
        Documents documents;
        const auto start = lmdb::document_key(kind, after.substr(0, key_bytes_max));
        const auto transaction = environment_.read();
        lmdb::Cursor cursor(transaction, lmdb::Table::documents);
        for (bool found = cursor.seek(start);
             found && cursor.key().front() == start.front() && documents.size() < limit;
             found = cursor.next()) {
            if (after.empty() || cursor.key().substr(1) > after) {
                documents.emplace_back(cursor.key().substr(1),
                                       text_of(cursor.key(), cursor.value()));
            }
        }
        return documents;
    });
}

}  // namespace firn

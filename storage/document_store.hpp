// DocumentStore: small durable texts by kind and key: settings of categories, policies of streams,
// subscriptions and how far each has come.
//
// What they mean is their writers' business; the store keeps bytes, with a checksum.
// Writes share a transaction with others that wait, and call back when it is durable; that is
// soon, whatever the store is busy with. Writes from one thread take effect in their order.
// Thread: all functions from any thread. A Done is called once, from any thread, perhaps before
// the function returns; it must be short and must not throw.
// Errors: storage_errc; corrupt where a document does not check, too_large for a key, overloaded
// where too many writes wait, disk_full, closed.
#pragma once

#include "storage/errors.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace firn {

enum class DocumentKind : std::uint8_t {
    category = 'c',       // key: the category
    stream_policy = 'p',  // key: category, zero, id
    subscription = 's',   // key: the subscription's name; text: its settings
    checkpoint = 'k',     // key: the subscription's name; text: the position, in decimal
    compaction = 'j',     // key: the compaction's id; text: its report
    quarantine = 'q',     // key: category, zero, id; text: why compactions leave the stream alone
    compacted = 'z',      // key: a category in which streams were compacted; text: empty object
    scheduler = 'w',      // key: "scheduler"; text: its durable settings
};

// For whoever goes through all there is.
inline constexpr std::array document_kinds{DocumentKind::category,     DocumentKind::stream_policy,
                                           DocumentKind::subscription, DocumentKind::checkpoint,
                                           DocumentKind::compaction,   DocumentKind::quarantine,
                                           DocumentKind::compacted,    DocumentKind::scheduler};

// A document as it should be.
struct DocumentText {
    DocumentKind kind{};
    std::string key;
    std::string text;
};

class DocumentStore {
public:
    using Done = std::function<void(error_code)>;
    static constexpr std::size_t key_bytes_max = 400;

    virtual ~DocumentStore() = default;

    virtual void put(DocumentKind kind, std::string key, std::string text, Done done) = 0;
    // Erasing what is not there is no error.
    virtual void erase(DocumentKind kind, std::string key, Done done) = 0;
    [[nodiscard]] virtual result<std::optional<std::string>> get(DocumentKind kind,
                                                                 std::string_view key) const = 0;
    // Key and text, in order of keys, of those after `after`; empty: from the first one on.
    using Documents = std::vector<std::pair<std::string, std::string>>;
    [[nodiscard]] virtual result<Documents> list(DocumentKind kind, std::string_view after,
                                                 std::uint32_t limit) const = 0;
};

}  // namespace firn

#include "actors/compaction/quarantine.hpp"

#include "actors/identity/timestamp.hpp"
#include "actors/json/scanner.hpp"
#include "actors/json/value.hpp"
#include "actors/read_documents.hpp"

namespace firn {

namespace {

std::string key_of(const StreamName& stream) {
    return stream.category + '\0' + stream.id;
}

std::string write_entry(const QuarantineEntry& entry) {
    std::string out = "{\"compaction\":";
    write_json_string(out, entry.compaction);
    write_json_string(out.append(",\"reason\":"), entry.reason);
    write_rfc3339(out.append(",\"since\":\""), entry.since);
    return out + "\"}";
}

std::optional<QuarantineEntry> parse_entry(const std::string& text) {
    const auto value = parse_json(text);
    const auto* object = value ? value->if_object() : nullptr;
    QuarantineEntry entry;
    const auto text_of = [&](const char* name) -> std::optional<std::string> {
        const auto* member = object != nullptr ? object->if_contains(name) : nullptr;
        return member != nullptr && member->is_string()
                   ? std::optional(std::string(member->get_string()))
                   : std::nullopt;
    };
    const auto compaction = text_of("compaction");
    const auto reason = text_of("reason");
    const auto since = parse_rfc3339(text_of("since").value_or(""));
    if (!compaction || !reason || !since) {
        return std::nullopt;
    }
    return QuarantineEntry{*compaction, *reason, *since};
}

}  // namespace

Quarantine::Quarantine(const StoreGate& gate) : gate_(gate) {
    read_documents(gate_.store().documents(), DocumentKind::quarantine,
                   [this](const std::string& key, const std::string& text) {
                       const auto zero = key.find('\0');
                       auto entry = parse_entry(text);
                       if (zero == std::string::npos || !entry) {
                           throw StorageFailure(
                               StorageFailure::Cause::damaged,
                               "the quarantine of \"" + key + "\" in the store does not check");
                       }
                       entries_.insert_or_assign({key.substr(0, zero), key.substr(zero + 1)},
                                                 std::move(*entry));
                   });
}

std::optional<QuarantineEntry> Quarantine::find(const StreamName& stream) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(stream);
    return found == entries_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::pair<StreamName, QuarantineEntry>> Quarantine::list(const StreamName& after,
                                                                     std::size_t limit) const {
    std::vector<std::pair<StreamName, QuarantineEntry>> list;
    const std::lock_guard lock(mutex_);
    for (auto it = entries_.upper_bound(after); it != entries_.end() && list.size() < limit; ++it) {
        list.emplace_back(*it);
    }
    return list;
}

std::size_t Quarantine::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

void Quarantine::add(const StreamName& stream, QuarantineEntry entry) {
    auto text = write_entry(entry);
    {
        const std::lock_guard lock(mutex_);
        entries_.insert_or_assign(stream, std::move(entry));
    }
    if (const auto pass = gate_.enter()) {
        pass->documents().put(DocumentKind::quarantine, key_of(stream), std::move(text),
                              [](error_code) {});
    }
}

bool Quarantine::release(const StreamName& stream, DocumentStore::Done done) {
    {
        const std::lock_guard lock(mutex_);
        if (entries_.erase(stream) == 0) {
            return false;
        }
    }
    if (const auto pass = gate_.enter()) {
        pass->documents().erase(DocumentKind::quarantine, key_of(stream), std::move(done));
    } else {
        done(storage_errc::closed);
    }
    return true;
}

}  // namespace firn

#include "actors/subscriptions/subscription_registry.hpp"

#include "actors/read_documents.hpp"
#include "actors/subscriptions/subscription_document.hpp"

#include <algorithm>

namespace firn {

namespace {

[[noreturn]] void refuse_document(const std::string& name) {
    throw StorageFailure(StorageFailure::Cause::damaged,
                         "the subscription \"" + name +
                             "\" in the store cannot be read; restore the directory from a copy");
}

}  // namespace

SubscriptionRegistry::SubscriptionRegistry(const StoreGate& gate, SubscriptionLimits limits)
    : surroundings_(std::make_shared<SubscriptionWriter::Surroundings>(gate, limits)) {
    load();
}

void SubscriptionRegistry::load() {
    const auto& documents = surroundings_->gate.store().documents();
    std::map<std::string, Position> checkpoints;
    read_documents(documents, DocumentKind::checkpoint, [&](const auto& name, const auto& text) {
        const auto checkpoint = parse_checkpoint(text);
        if (!checkpoint) {
            refuse_document(name);
        }
        checkpoints.emplace(name, *checkpoint);
    });
    read_documents(documents, DocumentKind::subscription, [&](const auto& name, const auto& text) {
        auto document = parse_subscription_document(text);
        const auto checkpoint = checkpoints.find(name);
        if (!document || checkpoint == checkpoints.end()) {
            refuse_document(name);
        }
        auto live = std::make_shared<Subscription>(
            name, document->created_at,
            std::make_shared<const SubscriptionSettings>(std::move(document->settings)),
            checkpoint->second, surroundings_->stand_ins);
        writers_.emplace(
            name, std::make_shared<SubscriptionWriter>(name, surroundings_, std::move(live)));
    });
    surroundings_->count = writers_.size();
    drop_at_ = std::max<std::size_t>(drop_at_, writers_.size() * 2);
}

std::shared_ptr<SubscriptionWriter> SubscriptionRegistry::writer_of(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = writers_.find(name);
    return found == writers_.end() ? nullptr : found->second;
}

std::shared_ptr<const Subscription> SubscriptionRegistry::find(std::string_view name) const {
    const auto writer = writer_of(name);
    return writer ? writer->live() : nullptr;
}

SubscriptionRegistry::List SubscriptionRegistry::list(std::string_view after,
                                                      std::size_t limit) const {
    List list;
    const std::lock_guard lock(mutex_);
    for (auto it = writers_.upper_bound(after); it != writers_.end() && list.size() < limit; ++it) {
        if (auto live = it->second->live()) {
            list.push_back(std::move(live));
        }
    }
    return list;
}

SubscriptionRegistry::List SubscriptionRegistry::blocking() const {
    const std::lock_guard lock(mutex_);
    if (const auto changes = surroundings_->changes.load(); blocking_at_ != changes) {
        blocking_.clear();
        for (const auto& [name, writer] : writers_) {
            if (auto live = writer->live(); live && live->view().settings->blocks_compaction) {
                blocking_.push_back(std::move(live));
            }
        }
        blocking_at_ = changes;
    }
    return blocking_;
}

void SubscriptionRegistry::set(const std::string& name, SubscriptionSettings settings, Done done) {
    if (!is_valid_category(name)) {
        done({actor_errc::bad_request});
        return;
    }
    std::shared_ptr<SubscriptionWriter> writer;
    {
        const std::lock_guard lock(mutex_);
        if (writers_.size() >= drop_at_) {
            drop_unused();
        }
        auto& entry = writers_[name];
        if (!entry) {
            entry = std::make_shared<SubscriptionWriter>(name, surroundings_, nullptr);
        }
        writer = entry;
    }
    writer->set(std::move(settings), std::move(done));
}

// Nobody else holds such a writer: so none of two that would write the same subscription.
void SubscriptionRegistry::drop_unused() {
    std::erase_if(writers_, [](const auto& entry) {
        return entry.second.use_count() == 1 && entry.second->is_unused();
    });
    drop_at_ = std::max<std::size_t>(64, writers_.size() * 2);
}

void SubscriptionRegistry::remove(const std::string& name, Done done) {
    if (const auto writer = writer_of(name)) {
        writer->remove(std::move(done));
    } else {
        done({actor_errc::subscription_not_found});
    }
}

void SubscriptionRegistry::acknowledge(const std::string& name, Position position, Done done) {
    if (const auto writer = writer_of(name)) {
        writer->acknowledge(position, std::move(done));
    } else {
        done({actor_errc::subscription_not_found});
    }
}

}  // namespace firn

// A category as its streams' actors know it: the decider and the policies in effect, and what it
// costs to fold here.
//
// What is in effect is immutable and replaced as a whole. An actor compares generation() with the
// one that its state was folded under, and starts anew if they differ.
// Thread: any. Errors: none.
#pragma once

#include "actors/categories/category_costs.hpp"
#include "actors/categories/settings.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace firn {

struct CategoryInEffect {
    CategorySettings settings;
    bool is_set = false;                          // by a PUT or a registration
    std::uint32_t revision = 1;                   // of the decider
    std::uint32_t code_revision = 0;              // of a native one, when it was last seen
    std::shared_ptr<const DeciderEngine> engine;  // null: it cannot be had
    std::string unavailable;                      // then: why
    SnapshotPolicy snapshots;
    std::uint64_t state_bytes_max = CategorySettings::state_bytes_default;
    std::uint64_t generation = 0;  // another one, if states may now come out otherwise

    [[nodiscard]] bool is_external() const noexcept;
    [[nodiscard]] std::string_view decider_kind() const noexcept;
};

class Category {
public:
    Category(std::string name, std::shared_ptr<const CategoryInEffect> in_effect)
        : name_(std::move(name)), in_effect_(std::move(in_effect)) {
        publish();
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] std::shared_ptr<const CategoryInEffect> in_effect() const {
        const std::lock_guard lock(mutex_);
        return in_effect_;
    }
    // Of what is in effect, without a lock.
    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_.load(); }
    [[nodiscard]] std::uint32_t snapshots_every() const noexcept { return every_.load(); }

    void replace(std::shared_ptr<const CategoryInEffect> in_effect) {
        const std::lock_guard lock(mutex_);
        in_effect_ = std::move(in_effect);
        publish();
    }

    CategoryCosts costs;

private:
    void publish() noexcept {
        generation_ = in_effect_->generation;
        every_ = in_effect_->is_external() ? 0 : in_effect_->snapshots.every;
    }

    const std::string name_;
    mutable std::mutex mutex_;
    std::shared_ptr<const CategoryInEffect> in_effect_;
    std::atomic<std::uint64_t> generation_{0};
    std::atomic<std::uint32_t> every_{0};
};

}  // namespace firn

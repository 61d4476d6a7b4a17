// Changes of what categories and streams are set to: planned in one order, durable, then in effect.
#include "actors/categories/category_document.hpp"
#include "actors/categories/category_registry.hpp"
#include "actors/deciders/merge_patch.hpp"
#include "actors/errors.hpp"

#include <future>

namespace firn {

std::unique_ptr<InvalidDecider> CategoryRegistry::put(const std::string& name,
                                                      CategorySettings settings, Done done) {
    const auto must_migrate = needs_migration(name);
    error_code refused;
    {
        const std::lock_guard lock(change_mutex_);
        auto engine = make_engine(settings.decider_or_default(), natives_);
        if (!engine) {
            return std::make_unique<InvalidDecider>(std::move(engine.error()));
        }
        const bool changes = changes_decider(name, settings.decider_or_default());
        if (changes && !(*engine)->has_migrate() && still_needs_migration(name, must_migrate)) {
            refused = actor_errc::migration_needed;
        } else {
            write(name, settings, true, std::move(*engine), std::move(done));
        }
    }
    if (refused) {
        done(refused);
    }
    return nullptr;
}

void CategoryRegistry::remove(const std::string& name, Done done) {
    const auto must_migrate = needs_migration(name);
    error_code refused;
    {
        const std::lock_guard lock(change_mutex_);
        if (changes_decider(name, {}) && still_needs_migration(name, must_migrate)) {
            refused = actor_errc::migration_needed;
        } else {
            write(name, {}, false, make_merge_patch_engine(), std::move(done));
        }
    }
    if (refused) {
        done(refused);
    }
}

void CategoryRegistry::write(const std::string& name, const CategorySettings& settings, bool is_set,
                             std::shared_ptr<const DeciderEngine> engine, Done done) {
    auto& planned = planned_[name];
    Planned next{settings.decider_or_default(), planned.revision, 0};
    next.code_revision = code_revision_of(next.spec);
    const bool same = next.spec == planned.spec && next.code_revision == planned.code_revision;
    next.revision += same ? 0 : 1;
    planned = next;
    {
        const std::lock_guard cuts_lock(cuts_mutex_);
        cuts_[name].revision = next.revision;
    }
    auto in_effect = make_in_effect(settings, is_set, next, std::move(engine), {});
    auto text = write_document({next.revision, next.code_revision, !is_set, settings});
    const auto pass = gate_.enter();
    if (!pass) {
        done(storage_errc::closed);
        return;
    }
    pass->documents().put(DocumentKind::category, name, std::move(text),
                          [self = shared_from_this(), name, in_effect = std::move(in_effect),
                           done = std::move(done)](error_code error) {
                              if (!error) {
                                  self->apply(name, in_effect);
                              }
                              done(error);
                          });
}

void CategoryRegistry::apply(const std::string& name,
                             std::shared_ptr<const CategoryInEffect> in_effect) {
    const std::lock_guard lock(mutex_);
    take_effect(name, known_[name], std::move(in_effect));
}

void CategoryRegistry::take_effect(const std::string& name, Known& known,
                                   std::shared_ptr<const CategoryInEffect> in_effect) {
    // The same decider under the same limit: states stay as they are, whatever else changes.
    if (known.in_effect && known.in_effect->revision == in_effect->revision &&
        known.in_effect->engine && known.in_effect->state_bytes_max == in_effect->state_bytes_max) {
        auto kept = std::make_shared<CategoryInEffect>(*in_effect);
        kept->engine = known.in_effect->engine;
        kept->generation = known.in_effect->generation;
        in_effect = std::move(kept);
    }
    known.in_effect = std::move(in_effect);
    if (const auto category = known.category.lock()) {
        category->replace(known.in_effect);
    }
    known.kept = nullptr;
    if (known.in_effect->is_set) {
        known.kept = known.category.lock();
        if (!known.kept) {
            known.kept = std::make_shared<Category>(name, known.in_effect);
            known.category = known.kept;
        }
    }
}

bool CategoryRegistry::hand_over(const std::string& name, const DeciderSpec& spec,
                                 std::shared_ptr<const DeciderEngine> engine) {
    const auto planned = planned_.find(name);
    if (planned == planned_.end() || changes_decider(name, spec)) {
        return false;
    }
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(name);
    if (known == known_.end()) {
        return false;
    }
    const auto now = known->second.in_effect;
    if (!now->is_set || now->settings.decider != spec ||
        now->revision != planned->second.revision ||
        now->code_revision != planned->second.code_revision) {
        return false;
    }
    take_effect(name, known->second,
                make_in_effect(now->settings, true, planned->second, std::move(engine), {}));
    return true;
}

void CategoryRegistry::register_native(const std::string& name, NativeDecider decider) {
    std::vector<std::pair<std::string, CategorySettings>> affected;
    std::promise<error_code> written;
    auto outcome = written.get_future();
    {
        const std::lock_guard lock(change_mutex_);
        natives_.insert_or_assign(name, decider);
        CategorySettings own;
        {
            const std::lock_guard known_lock(mutex_);
            for (const auto& [category, known] : known_) {
                const auto& spec = known.in_effect->settings.decider;
                if (category != name && spec && spec->kind == "native" && spec->name == name) {
                    affected.emplace_back(category, known.in_effect->settings);
                }
            }
            if (const auto known = known_.find(name); known != known_.end()) {
                own = known->second.in_effect->settings;
            }
        }
        own.decider = DeciderSpec{.kind = "native", .source = {}, .name = name};
        affected.emplace_back(name, std::move(own));
        std::erase_if(affected, [&](const auto& each) {
            return hand_over(each.first, *each.second.decider, decider.engine);
        });
        if (affected.empty()) {
            return;
        }
        // Documents are written in this order: when the last one is durable, all are.
        for (std::size_t i = 0; i != affected.size(); ++i) {
            const bool last = i + 1 == affected.size();
            write(affected[i].first, affected[i].second, true, decider.engine,
                  [&written, last](error_code error) {
                      if (last) {
                          written.set_value(error);
                      }
                  });
        }
    }
    if (const auto error = outcome.get()) {
        throw StorageFailure(
            StorageFailure::Cause::system,
            "the native decider \"" + name + "\" could not be registered: " + error.message());
    }
}

void CategoryRegistry::set_policy(const StreamName& stream, std::optional<SnapshotSettings> policy,
                                  Done done) {
    const std::lock_guard lock(change_mutex_);
    const auto pass = gate_.enter();
    if (!pass) {
        done(storage_errc::closed);
        return;
    }
    auto applied = [self = shared_from_this(), stream, policy,
                    done = std::move(done)](error_code error) {
        if (!error) {
            const std::lock_guard known_lock(self->mutex_);
            if (policy) {
                self->policies_.insert_or_assign(stream, *policy);
            } else {
                self->policies_.erase(stream);
            }
            self->policy_count_ = self->policies_.size();
        }
        done(error);
    };
    auto& documents = pass->documents();
    if (policy) {
        documents.put(DocumentKind::stream_policy, policy_key(stream), write_stream_policy(*policy),
                      std::move(applied));
    } else {
        documents.erase(DocumentKind::stream_policy, policy_key(stream), std::move(applied));
    }
}

}  // namespace firn

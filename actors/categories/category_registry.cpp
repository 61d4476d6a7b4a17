#include "actors/categories/category_registry.hpp"

#include "actors/categories/category_document.hpp"
#include "actors/deciders/merge_patch.hpp"
#include "actors/errors.hpp"
#include "actors/read_documents.hpp"

#include <future>

namespace firn {

namespace {

// Categories without settings whose costs are remembered while none of their streams is in memory.
constexpr std::size_t kept_unset_max = 64;

std::string policy_key(const StreamName& stream) {
    return stream.category + '\0' + stream.id;
}

StreamName stream_of_key(std::string_view key) {
    const auto zero = key.find('\0');
    return {std::string(key.substr(0, zero)), std::string(key.substr(zero + 1))};
}

[[noreturn]] void refuse_document(std::string_view what, std::string_view key) {
    throw StorageFailure(StorageFailure::Cause::damaged,
                         "the settings of " + std::string(what) + " \"" + std::string(key) +
                             "\" in the store cannot be read; restore the directory from a copy");
}

}  // namespace

CategoryRegistry::CategoryRegistry(const StoreGate& gate, SnapshotPolicy defaults)
    : gate_(gate), defaults_(defaults) {
    default_ = make_in_effect({}, false, {}, make_merge_patch_engine(), {});
    load();
}

void CategoryRegistry::load() {
    const auto& documents = gate_.store().documents();
    read_documents(documents, DocumentKind::category,
                   [this](const auto& name, const auto& text) { load_category(name, text); });
    read_documents(documents, DocumentKind::stream_policy,
                   [this](const auto& key, const auto& text) {
                       const auto policy = parse_stream_policy(text);
                       if (!policy) {
                           refuse_document("stream", key);
                       }
                       policies_.insert_or_assign(stream_of_key(key), *policy);
                   });
    policy_count_ = policies_.size();
    read_documents(documents, DocumentKind::compacted,
                   [this](const auto& name, const auto&) { cuts_[name].made = true; });
}

void CategoryRegistry::load_category(const std::string& name, const std::string& text) {
    auto document = parse_document(text);
    if (!document) {
        refuse_document("category", name);
    }
    const auto spec = document->settings.decider_or_default();
    const Planned planned{spec, document->revision, document->code_revision};
    planned_.insert_or_assign(name, planned);
    cuts_[name].revision = planned.revision;
    // One whose script this program refuses still has its events; states say why there are none.
    auto engine = make_engine(spec, natives_);
    apply(name, make_in_effect(std::move(document->settings), !document->removed, planned,
                               engine ? *engine : nullptr,
                               engine ? std::string() : engine.error().reason));
}

std::shared_ptr<Category> CategoryRegistry::find_or_make(std::string_view name) {
    const std::lock_guard lock(mutex_);
    auto found = known_.find(name);
    if (found == known_.end()) {
        if (known_.size() >= drop_at_) {
            drop_unused();
        }
        found = known_.try_emplace(std::string(name)).first;
        found->second.in_effect = default_;
    }
    auto category = found->second.category.lock();
    if (!category) {
        category = std::make_shared<Category>(std::string(name), found->second.in_effect);
        found->second.category = category;
        if (known_.size() <= kept_unset_max) {
            found->second.kept = category;
        }
    }
    return category;
}

void CategoryRegistry::drop_unused() {
    std::erase_if(known_, [this](const auto& entry) {
        return entry.second.in_effect == default_ && entry.second.category.expired();
    });
    drop_at_ = std::max<std::size_t>(64, known_.size() * 2);
}

std::shared_ptr<const CategoryInEffect> CategoryRegistry::find_set(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(name);
    return found != known_.end() && found->second.in_effect->is_set ? found->second.in_effect
                                                                    : nullptr;
}

std::vector<std::string> CategoryRegistry::names() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, known] : known_) {
        if (known.in_effect->is_set) {
            names.push_back(name);
        }
    }
    return names;
}

std::shared_ptr<const CategoryInEffect> CategoryRegistry::make_in_effect(
    CategorySettings settings, bool is_set, const Planned& planned,
    std::shared_ptr<const DeciderEngine> engine, std::string unavailable) {
    auto made = std::make_shared<CategoryInEffect>();
    made->snapshots = settings.snapshots.over(defaults_);
    made->state_bytes_max = settings.state_bytes_max.value_or(made->state_bytes_max);
    made->settings = std::move(settings);
    made->is_set = is_set;
    made->revision = planned.revision;
    made->code_revision = planned.code_revision;
    made->engine = std::move(engine);
    made->unavailable = std::move(unavailable);
    made->generation = ++last_generation_;
    return made;
}

std::uint32_t CategoryRegistry::code_revision_of(const DeciderSpec& spec) const {
    const auto native = natives_.find(spec.name);
    return spec.kind == "native" && native != natives_.end() ? native->second.code_revision : 0;
}

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

bool CategoryRegistry::changes_decider(const std::string& name, const DeciderSpec& next) const {
    const auto planned = planned_.find(name);
    return next != (planned == planned_.end() ? DeciderSpec{} : planned->second.spec) ||
           (planned != planned_.end() && code_revision_of(next) != planned->second.code_revision);
}

// Looked at without the lock, since it may mean to look at many streams.
CategoryRegistry::Migration CategoryRegistry::needs_migration(const std::string& name) const {
    Migration found;
    {
        const std::lock_guard lock(cuts_mutex_);
        const auto cuts = cuts_.find(name);
        if (cuts == cuts_.end()) {
            return found;
        }
        found = {cuts->second.begun, cuts->second.made || cuts->second.under_way != 0};
    }
    found.needed = found.needed && has_compacted_streams(name);
    return found;
}

bool CategoryRegistry::still_needs_migration(const std::string& name, const Migration& found) {
    const std::lock_guard lock(cuts_mutex_);
    auto& cuts = cuts_[name];
    const bool needed = found.needed || cuts.under_way != 0 || cuts.begun != found.cuts_begun;
    if (!needed) {
        cuts.revision.reset();
    }
    return needed;
}

bool CategoryRegistry::has_compacted_streams(const std::string& name) const {
    constexpr std::uint32_t page_limit = 1000;
    ListQuery query;
    query.category = name;
    query.limit = page_limit;
    for (bool more = true; more;) {
        const auto pass = gate_.enter();
        const auto page = pass ? pass->list(query) : result<StreamList>(storage_errc::closed);
        if (!page) {
            return true;  // who cannot look must not say no
        }
        for (const auto& stream : page->streams) {
            if (stream.first_version > Version{1}) {
                return true;
            }
        }
        more = page->more;
        query.after = page->streams.empty() ? query.after : page->streams.back().stream;
    }
    return false;
}

bool CategoryRegistry::begin_cut(const std::string& name, std::uint32_t revision) {
    const std::lock_guard lock(cuts_mutex_);
    const auto cuts = cuts_.find(name);
    if (cuts == cuts_.end() || cuts->second.revision != revision) {
        return false;
    }
    ++cuts->second.under_way;
    ++cuts->second.begun;
    return true;
}

void CategoryRegistry::end_cut(const std::string& name, bool cut) noexcept {
    const std::lock_guard lock(cuts_mutex_);
    auto& cuts = cuts_.find(name)->second;
    --cuts.under_way;
    cuts.made = cuts.made || cut;
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
    auto& known = known_[name];
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
        // Documents are written in this order: when the last one is durable, all are.
        affected.emplace_back(name, std::move(own));
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

std::optional<SnapshotSettings> CategoryRegistry::policy(const StreamName& stream) const {
    if (policy_count_.load(std::memory_order_relaxed) == 0) {
        return std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    const auto found = policies_.find(stream);
    return found == policies_.end() ? std::nullopt : std::optional(found->second);
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

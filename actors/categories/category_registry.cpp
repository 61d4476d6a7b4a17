#include "actors/categories/category_registry.hpp"

#include "actors/categories/category_document.hpp"
#include "actors/deciders/merge_patch.hpp"
#include "actors/read_documents.hpp"

namespace firn {

namespace {

// Categories without settings whose costs are remembered while none of their streams is in memory.
constexpr std::size_t kept_unset_max = 64;

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
                       policies_.insert_or_assign(policy_stream(key), *policy);
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

std::optional<SnapshotSettings> CategoryRegistry::policy(const StreamName& stream) const {
    if (policy_count_.load(std::memory_order_relaxed) == 0) {
        return std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    const auto found = policies_.find(stream);
    return found == policies_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace firn

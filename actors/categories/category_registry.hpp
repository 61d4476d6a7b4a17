// All categories: their durable settings, and the deciders that these compile to.
//
// Two documents of the store are kept here: a category's (its settings, the revision of its
// decider) and a stream's own policy. A change takes effect when it is durable. A removed
// category's document stays as a memory of its last revision.
//
// Thread: any. Changes of one category take effect in the order in which they were asked for.
// Errors: InvalidDecider before anything is written; migration_needed; storage_errc from writing.
// Opening throws StorageFailure if a document does not check.
#pragma once

#include "actors/categories/category.hpp"
#include "actors/store_gate.hpp"
#include "storage/document_store.hpp"
#include "storage/types.hpp"

#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

namespace firn {

class CategoryRegistry : public std::enable_shared_from_this<CategoryRegistry> {
public:
    using Done = DocumentStore::Done;

    CategoryRegistry(const StoreGate& gate, SnapshotPolicy defaults);

    // Undeclared categories have one, too, as long as somebody holds it.
    [[nodiscard]] std::shared_ptr<Category> find_or_make(std::string_view name);
    // Null unless it was set.
    [[nodiscard]] std::shared_ptr<const CategoryInEffect> find_set(std::string_view name) const;
    // Names of those that are set, in order.
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] SnapshotPolicy defaults() const noexcept { return defaults_; }

    // Null, or why the decider is refused; then nothing happens and `done` is not called.
    [[nodiscard]] std::unique_ptr<InvalidDecider> put(const std::string& name,
                                                      CategorySettings settings, Done done);
    // Back to the defaults.
    void remove(const std::string& name, Done done);
    // Makes it the native decider of the category of the same name, and of those that name it.
    // Blocks until that is durable, if it was not before; throws StorageFailure.
    void register_native(const std::string& name, NativeDecider decider);

    // A compaction is about to delete what states of this revision stand in for. False: another
    // decider is on its way. True: has its end_cut(), and until then no decider without migrate()
    // takes over.
    [[nodiscard]] bool begin_cut(const std::string& name, std::uint32_t revision);
    // `cut`: the document that says so was written with it.
    void end_cut(const std::string& name, bool cut) noexcept;

    [[nodiscard]] std::optional<SnapshotSettings> policy(const StreamName& stream) const;
    // None: the stream's own policy goes.
    void set_policy(const StreamName& stream, std::optional<SnapshotSettings> policy, Done done);

private:
    // The last that was asked for, durable or not.
    struct Planned {
        DeciderSpec spec;
        std::uint32_t revision = 1;
        std::uint32_t code_revision = 0;
    };
    struct Known {
        std::weak_ptr<Category> category;
        std::shared_ptr<Category> kept;  // while it is set
        std::shared_ptr<const CategoryInEffect> in_effect;
    };

    void load();
    void load_category(const std::string& name, const std::string& text);
    [[nodiscard]] std::shared_ptr<const CategoryInEffect> make_in_effect(
        CategorySettings settings, bool is_set, const Planned& planned,
        std::shared_ptr<const DeciderEngine> engine, std::string unavailable);
    // Whether states of another decider must be migrated: streams were, or are being, compacted.
    struct Cuts {
        std::uint32_t under_way = 0;
        std::uint64_t begun = 0;
        bool made = false;  // some stream was compacted once
        // Of the decider that was asked for last; none: a change is being made.
        std::optional<std::uint32_t> revision;
    };
    struct Migration {
        std::uint64_t cuts_begun = 0;
        bool needed = false;
    };
    [[nodiscard]] Migration needs_migration(const std::string& name) const;
    // If not, no cut begins until the change is planned.
    [[nodiscard]] bool still_needs_migration(const std::string& name, const Migration& found);
    [[nodiscard]] bool has_compacted_streams(const std::string& name) const;
    [[nodiscard]] bool changes_decider(const std::string& name, const DeciderSpec& next) const;
    void write(const std::string& name, const CategorySettings& settings, bool is_set,
               std::shared_ptr<const DeciderEngine> engine, Done done);
    void apply(const std::string& name, std::shared_ptr<const CategoryInEffect> in_effect);
    // Under mutex_.
    static void take_effect(const std::string& name, Known& known,
                            std::shared_ptr<const CategoryInEffect> in_effect);
    // False unless the store holds all that the decider changes, as at each start but the first:
    // then nothing needs to be written, and the engine is in effect.
    [[nodiscard]] bool hand_over(const std::string& name, const DeciderSpec& spec,
                                 std::shared_ptr<const DeciderEngine> engine);
    void drop_unused();
    [[nodiscard]] std::uint32_t code_revision_of(const DeciderSpec& spec) const;

    const StoreGate& gate_;
    const SnapshotPolicy defaults_;

    mutable std::mutex change_mutex_;  // taken first: plans and their writes go in one order
    std::map<std::string, Planned, std::less<>> planned_;
    // Guards cuts_ alone, and nothing is taken under it: cuts ask from within the store.
    mutable std::mutex cuts_mutex_;
    std::map<std::string, Cuts, std::less<>> cuts_;
    NativeDeciders natives_;

    mutable std::mutex mutex_;  // guards what follows
    std::map<std::string, Known, std::less<>> known_;
    std::shared_ptr<const CategoryInEffect> default_;
    std::map<StreamName, SnapshotSettings> policies_;
    std::atomic<std::size_t> policy_count_{0};
    std::atomic<std::uint64_t> last_generation_{0};
    std::size_t drop_at_ = 64;
};

}  // namespace firn

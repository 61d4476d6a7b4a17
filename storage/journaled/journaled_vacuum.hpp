// The vacuum of the journaled store: what lives goes into a new LMDB file, which then takes the
// place of the old one.
//
//   1. copy and catch up, on the caller's thread (storage/lmdb/live_copy.hpp)
//   2. switch, on the settler's thread, so that nothing is written to LMDB: the last round of
//      catching up, sync of file and directory, the name in CURRENT, and then the files are
//      exchanged beneath the readers, who wait for a moment. Appends go on into the journal
//   3. the old file is closed and removed
// A crash before the name is durable leaves the old file in use, one after it the new file; the
// other one is removed when the store is opened. Whatever fails before leaves the old file in use.
//
// Thread: as Vacuum. Errors: results with storage_errc, and a sentence in config.report.
#pragma once

#include "storage/journaled/directory.hpp"
#include "storage/journaled/journaled_store.hpp"
#include "storage/journaled/settler.hpp"
#include "storage/lmdb/live_copy.hpp"

#include <memory>
#include <string>

namespace firn {

[[nodiscard]] VacuumNeeds vacuum_needs(const lmdb::Environment& environment,
                                       const std::filesystem::path& directory);

class JournaledVacuum final : public Vacuum {
public:
    // What makes it the only one, for as long as it lives.
    using Turn = std::shared_ptr<void>;

    JournaledVacuum(Turn turn, const JournaledConfig& config, StoreDirectory& directory,
                    lmdb::Environment& environment, Settler& settler);
    ~JournaledVacuum() override;

    [[nodiscard]] result<void> begin();
    [[nodiscard]] result<VacuumProgress> step(std::chrono::milliseconds budget) override;

private:
    using Deadline = lmdb::LiveCopy::Deadline;

    // Turns what a piece of work throws into its error.
    [[nodiscard]] error_code attempt(const std::function<error_code()>& work) const;
    [[nodiscard]] error_code make_file();
    // One slice, one round, or the end.
    [[nodiscard]] error_code go_on(Deadline deadline);
    [[nodiscard]] error_code finish();
    [[nodiscard]] error_code switch_files();  // on the settler's thread
    void look_at_size();
    void abandon() noexcept;
    void report(const std::string& sentence) const;

    const Turn turn_;
    const JournaledConfig& config_;
    StoreDirectory& directory_;
    lmdb::Environment& environment_;
    Settler& settler_;

    std::shared_ptr<lmdb::TouchedKeys> touched_;
    std::string old_file_;
    std::string new_file_;
    std::size_t map_bytes_ = 0;
    std::unique_ptr<lmdb::Environment> target_;  // the new file; the old one once they switched
    std::optional<lmdb::LiveCopy> copy_;
    VacuumProgress progress_;
    std::uint64_t unsynced_bytes_ = 0;
    std::uint32_t rounds_ = 0;
    bool must_stay_ = false;  // CURRENT may name the new file although it is not in use
    error_code failure_;
};

}  // namespace firn

#include "storage/journaled/journaled_vacuum.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firn {

namespace {

// A reader of the old file for longer would keep its pages from being used again.
constexpr std::chrono::milliseconds slice_time{20};
// Memory for what is written between two steps.
constexpr std::size_t touched_bytes_max = 64u << 20;
// Keys that wait while the copy is not done: more are looked at again in between.
constexpr std::size_t keys_waiting_max = 100'000;
// So few keys are copied in about a millisecond, while nothing settles.
constexpr std::size_t keys_last_round = 1000;
// Where more are touched than a round can copy, the last one must do.
constexpr std::uint32_t rounds_max = 16;
// Syncing little at a time leaves little for the end.
constexpr std::uint64_t unsynced_bytes_max = 32u << 20;
// Beyond what lives: tables and trees of the new file, and what is appended meanwhile.
constexpr std::uint64_t spare_bytes = 1u << 20;
constexpr std::uint64_t spare_part = 8;

}  // namespace

VacuumNeeds vacuum_needs(const lmdb::Environment& environment,
                         const std::filesystem::path& directory) {
    const auto space = environment.space();
    std::error_code error;
    const auto disk = std::filesystem::space(directory, error);
    return {.bytes_file = space.file,
            .bytes_live = space.live,
            .bytes_needed = space.live + space.live / spare_part + spare_bytes,
            .bytes_available = error ? 0 : disk.available};
}

JournaledVacuum::JournaledVacuum(Turn turn, const JournaledConfig& config,
                                 StoreDirectory& directory, lmdb::Environment& environment,
                                 Settler& settler)
    : turn_(std::move(turn)),
      config_(config),
      directory_(directory),
      environment_(environment),
      settler_(settler),
      touched_(std::make_shared<lmdb::TouchedKeys>(touched_bytes_max)) {}

JournaledVacuum::~JournaledVacuum() {
    abandon();
}

result<void> JournaledVacuum::begin() {
    const auto needs = vacuum_needs(environment_, directory_.path());
    if (!needs.has_room()) {
        report(
            fmt::format("there is no room for a vacuum: it needs {} bytes on the disk, and {} "
                        "are available",
                        needs.bytes_needed, needs.bytes_available));
        return storage_errc::disk_full;
    }
    progress_.bytes_before = needs.bytes_file;
    progress_.items = environment_.record_count();
    const auto noting = settler_.between_writes([this] {
        old_file_ = directory_.current_file().filename().string();
        new_file_ = directory_.next_file();
        map_bytes_ = environment_.map_bytes();
        environment_.note_keys(touched_);
        return error_code();
    });
    if (!noting) {
        return noting;
    }
    failure_ = attempt([this] { return make_file(); });
    if (failure_) {
        return failure_;
    }
    return {};
}

error_code JournaledVacuum::make_file() {
    // One may be left of a vacuum that could not remove it.
    directory_.remove_file(new_file_);
    target_ = std::make_unique<lmdb::Environment>(directory_.path() / new_file_, map_bytes_,
                                                  lmdb::Access::copying);
    copy_.emplace(environment_, *target_, *touched_);
    return {};
}

result<VacuumProgress> JournaledVacuum::step(std::chrono::milliseconds budget) {
    const auto deadline = std::chrono::steady_clock::now() + budget;
    do {
        if (!failure_ && !progress_.is_done()) {
            failure_ = attempt([&] { return go_on(deadline); });
            if (failure_) {
                abandon();
            }
        }
        if (failure_) {
            return failure_;
        }
    } while (!progress_.is_done() && std::chrono::steady_clock::now() < deadline);
    return progress_;
}

error_code JournaledVacuum::go_on(Deadline deadline) {
    if (!touched_->is_complete()) {
        report(
            "the vacuum was given up: more was written between two of its steps than it keeps "
            "in mind");
        return storage_errc::overloaded;
    }
    const auto slice_end = std::min(deadline, std::chrono::steady_clock::now() + slice_time);
    if (!copy_->is_copied()) {
        copy_->copy_slice(slice_end);
        if (copy_->keys_waiting() > keys_waiting_max) {
            copy_->catch_up(slice_end);
        }
        if (copy_->is_copied()) {
            progress_.phase = VacuumProgress::Phase::catching_up;
        }
    } else if (copy_->keys_waiting() > keys_last_round && rounds_ < rounds_max) {
        copy_->catch_up(deadline);
        rounds_ += copy_->keys_behind() == 0 ? 1 : 0;
    } else {
        return finish();
    }
    unsynced_bytes_ += copy_->take_bytes();
    if (unsynced_bytes_ >= unsynced_bytes_max) {
        target_->sync();
        unsynced_bytes_ = 0;
    }
    look_at_size();
    return {};
}

error_code JournaledVacuum::finish() {
    // Most of it while events still settle.
    target_->sync();
    error_code outcome;
    const auto switched = settler_.between_writes([&] {
        outcome = attempt([this] { return switch_files(); });
        return outcome;
    });
    if (!switched) {
        return switched.error();
    }
    look_at_size();
    touched_->end();
    copy_.reset();
    target_.reset();
    directory_.remove_file(old_file_);
    return {};
}

error_code JournaledVacuum::switch_files() {
    while (copy_->keys_waiting() > 0) {
        copy_->catch_up(Deadline::max());
    }
    // What was lost in the last moment, too.
    if (!touched_->is_complete()) {
        return storage_errc::overloaded;
    }
    target_->make_durable();
    if (const auto error = sync_directory(directory_.path())) {
        return classify(error);
    }
    const auto error = directory_.make_current(new_file_);
    if (directory_.is_unsure()) {
        must_stay_ = true;
        settler_.write_only_after([&directory = directory_] { return directory.name_again(); });
    }
    if (error) {
        return classify(error);
    }
    environment_.exchange(*target_);
    progress_.phase = VacuumProgress::Phase::done;
    return {};
}

error_code JournaledVacuum::attempt(const std::function<error_code()>& work) const {
    try {
        return work();
    } catch (const lmdb::LmdbError& error) {
        report(fmt::format("the vacuum was given up: {}", error.what()));
        return error.disk_is_full() ? storage_errc::disk_full : storage_errc::io_failed;
    } catch (const lmdb::CorruptRecord& corrupt) {
        report(
            fmt::format("the vacuum was given up, since the store is damaged: {}; stop the "
                        "program and run 'firn verify' on the directory",
                        corrupt.what()));
        return storage_errc::corrupt;
    } catch (const std::bad_alloc&) {
        return make_error_code(boost::system::errc::not_enough_memory);
    }
}

void JournaledVacuum::look_at_size() {
    progress_.items_copied = copy_->records();
    std::error_code error;
    const auto bytes = std::filesystem::file_size(directory_.path() / new_file_, error);
    progress_.bytes_after = error ? progress_.bytes_after : bytes;
}

void JournaledVacuum::abandon() noexcept {
    touched_->end();
    copy_.reset();
    target_.reset();
    if (!new_file_.empty() && !progress_.is_done() && !must_stay_) {
        directory_.remove_file(new_file_);
    }
}

void JournaledVacuum::report(const std::string& sentence) const {
    if (config_.report) {
        config_.report(sentence);
    }
}

}  // namespace firn

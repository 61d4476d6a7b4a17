// A service's vacuum: at most one, step by step beside everything else, and gone before the store.
// Thread: any; a mutex of its own, held during a step. Errors: storage_errc, actor_errc::closed.
#pragma once

#include "actors/store_gate.hpp"
#include "storage/vacuum.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

namespace firn {

class Vacuuming {
public:
    explicit Vacuuming(const StoreGate& gate) : gate_(gate) {}

    // already_running; disk_full where there is no room for the copy.
    [[nodiscard]] result<void> begin();
    // Of one that was begun. Once it is done, or failed, another may begin.
    [[nodiscard]] result<VacuumProgress> step(std::chrono::milliseconds budget);
    // Of the one that runs; none: none does.
    [[nodiscard]] std::optional<VacuumProgress> progress() const;
    // Before the store closes: abandons what is not done.
    void close();

private:
    const StoreGate& gate_;

    std::mutex step_mutex_;  // taken first; guards vacuum_
    std::unique_ptr<Vacuum> vacuum_;
    bool closed_ = false;
    mutable std::mutex mutex_;  // guards what follows
    std::optional<VacuumProgress> progress_;
};

}  // namespace firn

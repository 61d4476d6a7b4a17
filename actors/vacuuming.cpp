#include "actors/vacuuming.hpp"

#include "actors/errors.hpp"

namespace firn {

result<void> Vacuuming::begin() {
    const std::lock_guard step_lock(step_mutex_);
    if (closed_) {
        return make_error_code(actor_errc::closed);
    }
    if (vacuum_) {
        return make_error_code(storage_errc::already_running);
    }
    const auto pass = gate_.enter();
    if (!pass) {
        return make_error_code(actor_errc::closed);
    }
    auto begun = pass->begin_vacuum();
    if (!begun) {
        return begun.error();
    }
    vacuum_ = std::move(*begun);
    const std::lock_guard lock(mutex_);
    progress_.emplace();
    return {};
}

result<VacuumProgress> Vacuuming::step(std::chrono::milliseconds budget) {
    const std::lock_guard step_lock(step_mutex_);
    if (!vacuum_) {
        return make_error_code(actor_errc::closed);
    }
    const auto progress = vacuum_->step(budget);
    const bool over = !progress || progress->is_done();
    if (over) {
        vacuum_.reset();
    }
    const std::lock_guard lock(mutex_);
    progress_ = over ? std::nullopt : std::optional(*progress);
    return progress;
}

std::optional<VacuumProgress> Vacuuming::progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
}

void Vacuuming::close() {
    const std::lock_guard step_lock(step_mutex_);
    closed_ = true;
    vacuum_.reset();
}

}  // namespace firn

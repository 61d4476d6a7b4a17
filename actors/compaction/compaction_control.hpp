// A compaction as others see it while it runs, and how they take it back.
// Thread: any. Errors: none.
#pragma once

#include "actors/compaction/compaction_report.hpp"

#include <memory>
#include <mutex>

namespace firn {

class CompactionControl {
public:
    explicit CompactionControl(CompactionReport report)
        : report_(std::make_shared<const CompactionReport>(std::move(report))) {}

    [[nodiscard]] std::shared_ptr<const CompactionReport> report() const {
        const std::lock_guard lock(mutex_);
        return report_;
    }
    void publish(const CompactionReport& report) {
        auto copy = std::make_shared<const CompactionReport>(report);
        const std::lock_guard lock(mutex_);
        report_.swap(copy);
    }

    // False: too late, the cut has begun; perhaps before the program was started again.
    [[nodiscard]] bool cancel() {
        const std::lock_guard lock(mutex_);
        cancelled_ = cancelled_ || !(cutting_ || report_->is_cut());
        return cancelled_;
    }
    [[nodiscard]] bool is_cancelled() const {
        const std::lock_guard lock(mutex_);
        return cancelled_;
    }
    // False: it was cancelled. After a cut that was refused, it can be cancelled again.
    [[nodiscard]] bool begin_cut() {
        const std::lock_guard lock(mutex_);
        cutting_ = !cancelled_;
        return cutting_;
    }
    void cut_refused() {
        const std::lock_guard lock(mutex_);
        cutting_ = false;
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const CompactionReport> report_;
    bool cancelled_ = false;
    bool cutting_ = false;
};

}  // namespace firn

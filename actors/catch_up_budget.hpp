// The memory that readers who catch up may take together.
// Thread: any. Errors: none; who comes too late gets nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace firn {

class CatchUpBudget {
public:
    // So many large windows at once.
    explicit CatchUpBudget(std::size_t windows) : left_(static_cast<std::ptrdiff_t>(windows)) {}

    // Given back at its end.
    class Share {
    public:
        explicit Share(std::shared_ptr<CatchUpBudget> budget) : budget_(std::move(budget)) {}
        ~Share() { give_back(); }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

        // True: it has some.
        bool take() noexcept {
            if (!has_ && budget_) {
                has_ = budget_->take();
            }
            return has_;
        }
        [[nodiscard]] bool has() const noexcept { return has_; }
        void give_back() noexcept {
            if (std::exchange(has_, false)) {
                budget_->left_.fetch_add(1, std::memory_order_relaxed);
            }
        }

    private:
        const std::shared_ptr<CatchUpBudget> budget_;
        bool has_ = false;
    };

    [[nodiscard]] std::size_t left() const noexcept {
        return static_cast<std::size_t>(left_.load(std::memory_order_relaxed));
    }

private:
    bool take() noexcept {
        for (auto left = left_.load(std::memory_order_relaxed); left > 0;) {
            if (left_.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) {
                return true;
            }
        }
        return false;
    }

    std::atomic<std::ptrdiff_t> left_;
};

}  // namespace firn

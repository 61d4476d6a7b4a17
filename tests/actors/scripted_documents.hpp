// Documents in memory whose writes can be held back or made to fail.
//
// Thread: as DocumentStore; the script's functions from any.
#pragma once

#include "storage/document_store.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace firn::test {

class ScriptedDocuments final : public DocumentStore {
public:
    explicit ScriptedDocuments(DocumentStore& sound) : sound_(sound) {}

    // Writes that come from now on are made, or fail, by release_one() and release().
    void hold() {
        const std::lock_guard lock(mutex_);
        holds_ = true;
    }
    // The oldest that is held; false if there is none.
    bool release_one() { return call(&Held::write); }
    void release() {
        {
            const std::lock_guard lock(mutex_);
            holds_ = false;
        }
        while (release_one()) {
        }
    }
    // The store dies: what is held is answered closed.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            holds_ = false;
        }
        while (call(&Held::close)) {
        }
    }
    // The next writes that would be made answer this error and do nothing.
    void fail(std::size_t count, error_code error = storage_errc::io_failed) {
        const std::lock_guard lock(mutex_);
        to_fail_ = count;
        failure_ = error;
    }
    // Writes that were made, or failed.
    [[nodiscard]] std::size_t writes() const {
        const std::lock_guard lock(mutex_);
        return writes_;
    }

    void put(DocumentKind kind, std::string key, std::string text, Done done) override {
        make({[this, kind, key, text, done] {
                  fails(done) ? void() : sound_.put(kind, key, text, done);
              },
              [done] { done(storage_errc::closed); }});
    }
    void erase(DocumentKind kind, std::string key, Done done) override {
        make({[this, kind, key, done] { fails(done) ? void() : sound_.erase(kind, key, done); },
              [done] { done(storage_errc::closed); }});
    }
    [[nodiscard]] result<std::optional<std::string>> get(DocumentKind kind,
                                                         std::string_view key) const override {
        return sound_.get(kind, key);
    }
    [[nodiscard]] result<Documents> list(DocumentKind kind, std::string_view after,
                                         std::uint32_t limit) const override {
        return sound_.list(kind, after, limit);
    }

private:
    struct Held {
        std::function<void()> write;
        std::function<void()> close;
    };

    void make(Held held) {
        {
            const std::lock_guard lock(mutex_);
            if (holds_) {
                held_.push_back(std::move(held));
                return;
            }
        }
        held.write();
    }
    bool call(std::function<void()> Held::*way) {
        Held first;
        {
            const std::lock_guard lock(mutex_);
            if (held_.empty()) {
                return false;
            }
            first = std::move(held_.front());
            held_.pop_front();
        }
        (first.*way)();
        return true;
    }
    bool fails(const Done& done) {
        error_code failure;
        {
            const std::lock_guard lock(mutex_);
            ++writes_;
            if (to_fail_ == 0) {
                return false;
            }
            --to_fail_;
            failure = failure_;
        }
        done(failure);
        return true;
    }

    DocumentStore& sound_;
    mutable std::mutex mutex_;
    std::deque<Held> held_;
    bool holds_ = false;
    std::size_t to_fail_ = 0;
    std::size_t writes_ = 0;
    error_code failure_;
};

}  // namespace firn::test

// What the settler does about writes that fail: mends what can be mended, and says the rest.
#include "storage/journaled/settler.hpp"

#include <fmt/format.h>

namespace firn {

error_code Settler::guarded(const std::function<void()>& step) {
    try {
        return blaming(step);
    } catch (const std::exception& error) {
        // Most likely there was no memory left to say what went wrong.
        set_condition(storage_errc::store_failed, error.what());
        return storage_errc::store_failed;
    }
}

error_code Settler::blaming(const std::function<void()>& step) {
    try {
        mending(step);
        return {};
    } catch (const lmdb::LmdbError& error) {
        const auto reason =
            error.disk_is_full() ? storage_errc::disk_full : storage_errc::store_failed;
        set_condition(reason, fmt::format("settling into the store's file failed: {}; it is "
                                          "tried again every second",
                                          error.what()));
        return reason;
    } catch (const lmdb::CorruptRecord& corrupt) {
        set_condition(storage_errc::store_failed,
                      fmt::format("the store is damaged: {}; stop the program and run "
                                  "'firn verify' on the directory",
                                  corrupt.what()));
        return storage_errc::corrupt;
    } catch (const std::bad_alloc&) {
        set_condition(storage_errc::store_failed, "not enough memory to settle");
        return storage_errc::store_failed;
    }
}

error_code Settler::guarded_quietly(const std::function<void()>& step) {
    error_code failure;
    try {
        mending(step);
        return {};
    } catch (const lmdb::LmdbError& error) {
        failure = error.disk_is_full() ? storage_errc::disk_full : storage_errc::io_failed;
    } catch (const std::exception&) {
        failure = make_error_code(boost::system::errc::not_enough_memory);
    }
    // Then it concerns everybody, and the next round opens the file.
    try {
        if (!environment_.is_usable()) {
            set_condition(storage_errc::store_failed,
                          "the store's file could not be opened again; it is tried every second");
        }
    } catch (const std::bad_alloc&) {
        // A round will find out.
    }
    return failure;
}

// What it throws is for the step's caller to tell.
void Settler::mending(const std::function<void()>& step) {
    if (precondition_) {
        if (const auto error = precondition_()) {
            throw lmdb::LmdbError("finding out which file is in use", error.value());
        }
        precondition_ = nullptr;
    }
    for (;;) {
        try {
            step();
            return;
        } catch (const lmdb::LmdbError& error) {
            if (error.map_is_full()) {
                environment_.grow();
                continue;
            }
            // At once, since readers fail until then.
            if (error.is_fatal() || !environment_.is_usable()) {
                environment_.reopen();
            }
            throw;
        }
    }
}

void Settler::set_condition(storage_errc error, std::string_view sentence) {
    bool is_new = false;
    {
        const std::scoped_lock lock(mutex_);
        is_new = !condition_ || condition_->sentence != sentence;
        try {
            condition_ = Condition{error, std::string(sentence)};
        } catch (const std::bad_alloc&) {
            condition_ = Condition{error, {}};
        }
    }
    changed_.notify_all();
    if (is_new) {
        report(sentence);
    }
}

void Settler::clear_condition() {
    bool was = false;
    {
        const std::scoped_lock lock(mutex_);
        was = condition_.has_value();
        condition_.reset();
    }
    if (was) {
        report("settling works again");
    }
}

void Settler::report(std::string_view sentence) const {
    if (!config_.report) {
        return;
    }
    try {
        config_.report(sentence);
    } catch (const std::exception&) {
        // The condition stands in the stats all the same.
    }
}

}  // namespace firn

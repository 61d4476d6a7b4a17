// What can go wrong in storage, one line per condition, and the result type of this project.
// Thread: any. Errors of the operating system travel as std::system_error's own codes inside
// StorageFailure (start-up) or are mapped to disk_full / io_failed (serving).
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>

namespace firn {

template <class T>
using result = boost::system::result<T>;
using boost::system::error_code;

enum class storage_errc {
    wrong_version = 1,  // the expected version is not the stream's
    duplicate_event,    // a client's event id is known with other content, or in another order
    stream_not_found,   // the stream never had an event
    stream_deleted,     // the stream was deleted for good
    version_not_found,  // past the head
    compacted,          // below first_version: deleted by a compaction
    too_large,          // one transaction larger than a journal segment can hold
    disk_full,          // no room; reads go on, appends work again once there is room
    io_failed,          // a write or sync failed: whether this append is durable is unknown
    store_failed,       // the store stopped accepting appends after a failure; the log says why
    corrupt,            // a record does not check
    closed,             // the store is closing
    overloaded,         // a bounded queue is full; nothing was kept
    too_late,           // what should be taken back has been made final
    anchor_missing,     // no whole anchor of the state stands where a cut wants one
    already_running,    // there is one of it, and one at a time
};

const boost::system::error_category& storage_category() noexcept;

inline error_code make_error_code(storage_errc e) noexcept {
    return {static_cast<int>(e), storage_category()};
}

// Why a store could not be opened. The message is a sentence for a person: it names the path,
// the cause and what to do.
class StorageFailure : public std::runtime_error {
public:
    enum class Cause { in_use, not_writable, newer_format, older_format, damaged, no_room, system };

    StorageFailure(Cause cause, const std::string& message)
        : std::runtime_error(message), cause_(cause) {}
    [[nodiscard]] Cause cause() const noexcept { return cause_; }

private:
    Cause cause_;
};

}  // namespace firn

template <>
struct boost::system::is_error_code_enum<firn::storage_errc> : std::true_type {};

#include "storage/errors.hpp"

namespace firn {

namespace {

class StorageCategory final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "firn.storage"; }
    std::string message(int code) const override {
        switch (static_cast<storage_errc>(code)) {
            case storage_errc::wrong_version: return "the stream is not at the expected version";
            case storage_errc::duplicate_event: return "an event id is known with other content";
            case storage_errc::stream_not_found: return "the stream does not exist";
            case storage_errc::stream_deleted: return "the stream was deleted";
            case storage_errc::version_not_found: return "the version is past the stream's head";
            case storage_errc::compacted: return "the version was compacted away";
            case storage_errc::too_large: return "the transaction is larger than a journal segment";
            case storage_errc::disk_full: return "no room on the disk";
            case storage_errc::io_failed: return "a write failed; whether it is durable is unknown";
            case storage_errc::store_failed: return "the store stopped accepting appends";
            case storage_errc::corrupt: return "a stored record does not check";
            case storage_errc::closed: return "the store is closing";
            case storage_errc::overloaded: return "a queue is full; try again shortly";
            case storage_errc::too_late: return "it is too late to take that back";
            case storage_errc::anchor_missing:
                return "what should stand in for the events is not whole";
            case storage_errc::already_running: return "that is running already";
        }
        return "unknown storage error";
    }
};

}  // namespace

const boost::system::error_category& storage_category() noexcept {
    static const StorageCategory category;
    return category;
}

}  // namespace firn

// Where exceptions of LMDB end: turns them into a result's error, and reports them.
// Thread: any. Errors: corrupt, io_failed.
#pragma once

#include "storage/journaled/journaled_store.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/id_blocks.hpp"

#include <fmt/format.h>

namespace firn {

class ReadBoundary {
public:
    explicit ReadBoundary(const JournaledConfig& config) : config_(config) {}

    template <class Read>
    auto operator()(const Read& read) const -> decltype(read()) {
        try {
            return read();
        } catch (const lmdb::CorruptRecord& error) {
            report(fmt::format("a read found damage: {}", error.what()));
            return storage_errc::corrupt;
        } catch (const lmdb::LmdbError& error) {
            report(fmt::format("a read failed: {}", error.what()));
            return storage_errc::io_failed;
        }
    }
    void report(std::string_view sentence) const {
        if (config_.report) {
            config_.report(sentence);
        }
    }

private:
    const JournaledConfig& config_;
};

}  // namespace firn

// Checks every record of a store that no process has open: checksums, versions, positions, chain
// hashes, names, ids, counts, snapshots, documents, and the journal beyond what has settled.
// Changes nothing.
//
// What it promises: a record that was changed after it was written is found by its checksum, and
// one that is missing or twice by the order of versions, positions and counts. LMDB's own pages
// carry no checksums: damage there may end the process that reads them, so the caller runs this
// in a child process.
// Thread: any. Errors: what is wrong is in the report; a directory that cannot be opened at all
// throws StorageFailure.
#pragma once

#include "storage/errors.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace firn {

struct VerifyReport {
    std::uint64_t streams = 0;  // not deleted
    std::uint64_t deleted_streams = 0;
    std::uint64_t events = 0;  // held, settled and not
    std::uint64_t chunks = 0;
    std::uint64_t ids = 0;        // remembered ids of clients
    std::uint64_t snapshots = 0;  // second copies of anchors are not counted
    std::uint64_t documents = 0;
    std::uint64_t journal_records = 0;  // beyond what has settled
    Position head;
    std::vector<std::string> problems;  // sentences; the first problems_max of them
    std::uint64_t problem_count = 0;

    static constexpr std::size_t problems_max = 100;

    void add_problem(std::string sentence);
};

[[nodiscard]] VerifyReport verify_store(const std::filesystem::path& directory);

}  // namespace firn

// A run under way: private to Compactions. Its lanes take streams from one list.
// Thread: any; a mutex of its own, the last one taken. Errors: none.
#pragma once

#include "actors/compaction/compaction_plan.hpp"
#include "actors/compaction/compactions.hpp"

namespace firn {

struct Compactions::ActiveRun {
    explicit ActiveRun(CompactionRun begun)
        : id(begun.id), asked(begun.asked), report(std::move(begun)) {}

    const std::string id;
    const CompactionOptions asked;

    std::mutex mutex;       // guards what follows
    std::size_t lanes = 0;  // that have streams to go
    CompactionRun report;
    std::deque<StreamName> page;
    bool more = true;
    bool cancelled = false;
    bool ended = false;  // but for its document
};

}  // namespace firn

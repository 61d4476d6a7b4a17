// Events of an import on their way to the store together, in the order of their lines.
//
// Events of one stream that follow each other are one run, which is one transaction: so places in
// the global order are as in the import.
// Thread: plain value. Errors: none.
#pragma once

#include "service/routes/import/import_anchor.hpp"
#include "service/routes/import/import_line.hpp"
#include "storage/event_store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

namespace firn {

class ImportBatch {
public:
    // Of an id's bytes, some, which are random in most ids; a batch bounds what others can do.
    struct IdHash {
        std::size_t operator()(const EventId& id) const noexcept;
    };
    using Ids = std::unordered_set<EventId, IdHash>;

    struct Run {
        StreamName stream;
        std::optional<Version> first_version;  // as stated; of all of its events or of none
        std::optional<ImportAnchor> anchor;    // the run is this line, and no event
        std::shared_ptr<EncodedEvents> events = std::make_shared<EncodedEvents>();
        std::vector<EventId> ids;          // zero where the line states none
        std::vector<std::uint64_t> lines;  // where each event stands
        std::size_t there = 0;             // of its events, found in the stream already
        bool done = false;

        [[nodiscard]] std::size_t size() const noexcept { return lines.size(); }
    };

    void add(const ImportLine& line, std::uint64_t number);
    void add_anchor(const StreamName& stream, ImportAnchor anchor, std::uint64_t number);
    void clear();

    [[nodiscard]] bool empty() const noexcept { return runs_.empty(); }
    [[nodiscard]] std::size_t events() const noexcept { return events_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::vector<Run>& runs() noexcept { return runs_; }

private:
    [[nodiscard]] bool continues(const ImportLine& line) const;

    std::vector<Run> runs_;
    Ids run_ids_;  // stated in the last run
    std::size_t events_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace firn

#include "service/routes/import/import_batch.hpp"

#include <cstring>

namespace firn {

std::size_t ImportBatch::IdHash::operator()(const EventId& id) const noexcept {
    std::size_t last = 0;  // the first bytes of a UUIDv7 are its time
    std::memcpy(&last, id.data() + id.size() - sizeof(last), sizeof(last));
    return last;
}

bool ImportBatch::continues(const ImportLine& line) const {
    if (runs_.empty() || runs_.back().stream != line.stream) {
        return false;
    }
    // An id that a run has already would make the whole run a contradiction.
    if (line.has_id && run_ids_.contains(line.event.id)) {
        return false;
    }
    const auto& run = runs_.back();
    if (run.anchor) {
        return false;
    }
    if (!run.first_version || !line.version) {
        return !run.first_version && !line.version;
    }
    return *line.version == run.first_version->plus(run.size());
}

void ImportBatch::add(const ImportLine& line, std::uint64_t number) {
    if (!continues(line)) {
        runs_.emplace_back();
        runs_.back().stream = line.stream;
        runs_.back().first_version = line.version;
        run_ids_.clear();
    }
    auto& run = runs_.back();
    const auto before = run.events->bytes().size();
    run.events->add(line.event);
    bytes_ += run.events->bytes().size() - before;
    run.ids.push_back(line.has_id ? line.event.id : EventId{});
    if (line.has_id) {
        run_ids_.insert(line.event.id);
    }
    run.lines.push_back(number);
    ++events_;
}

void ImportBatch::add_anchor(const StreamName& stream, ImportAnchor anchor, std::uint64_t number) {
    auto& run = runs_.emplace_back();
    run_ids_.clear();
    run.stream = stream;
    bytes_ += anchor.snapshot ? anchor.snapshot->state.size() : 0;
    run.anchor = std::move(anchor);
    run.ids.emplace_back();
    run.lines.push_back(number);
    ++events_;
}

void ImportBatch::clear() {
    runs_.clear();
    run_ids_.clear();
    events_ = bytes_ = 0;
}

}  // namespace firn

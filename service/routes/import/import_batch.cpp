#include "service/routes/import/import_batch.hpp"

#include <algorithm>

namespace firn {

bool ImportBatch::continues(const ImportLine& line) const {
    if (runs_.empty() || runs_.back().stream != line.stream) {
        return false;
    }
    const auto& run = runs_.back();
    if (!run.first_version || !line.version) {
        // An id that a run has already would make the whole run a contradiction.
        const bool repeated =
            line.has_id && std::ranges::find(run.ids, line.event.id) != run.ids.end();
        return !run.first_version && !line.version && !repeated;
    }
    return *line.version == run.first_version->plus(run.size());
}

void ImportBatch::add(const ImportLine& line, std::uint64_t number) {
    if (!continues(line)) {
        runs_.emplace_back();
        runs_.back().stream = line.stream;
        runs_.back().first_version = line.version;
    }
    auto& run = runs_.back();
    const auto before = run.events->bytes().size();
    run.events->add(line.event);
    bytes_ += run.events->bytes().size() - before;
    run.ids.push_back(line.has_id ? line.event.id : EventId{});
    run.lines.push_back(number);
    ++events_;
}

void ImportBatch::clear() {
    runs_.clear();
    events_ = bytes_ = 0;
}

}  // namespace firn

#include "service/cli/compact/follow_compaction.hpp"

#include "service/cli/compact/compaction_text.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/progress_bar.hpp"
#include "service/cli/refusal.hpp"
#include "service/http/percent.hpp"

#include <algorithm>
#include <cstdio>
#include <mutex>

namespace firn::cli {
namespace {

// Most are over at once; those that are not take long.
constexpr std::chrono::milliseconds look_first{10};
constexpr std::chrono::milliseconds look_last{500};

// The newest report, which the bar's thread shows.
class Newest {
public:
    void set(const std::string& report) {
        const std::lock_guard lock(mutex_);
        report_ = report;
    }
    [[nodiscard]] std::string get() const {
        const std::lock_guard lock(mutex_);
        return report_;
    }

private:
    mutable std::mutex mutex_;
    std::string report_;
};

bool goes_on(std::string_view report) {
    const auto status = json_string(report, "status");
    return status == "queued" || status == "running";
}

std::string look_until_over(HttpClient& client, StopSignals& stop, std::string report) {
    const auto path = compaction_path(json_string(report, "id"));
    Newest newest;
    const ProgressBar bar([&newest](auto elapsed, auto columns) {
        return compaction_progress(newest.get(), elapsed, columns);
    });
    for (auto wait = look_first; goes_on(report); wait = std::min(2 * wait, look_last)) {
        newest.set(report);
        stop.pause(wait);
        auto answer = client.get(path);
        require_success(answer);
        report = std::move(answer.body);
    }
    return report;
}

}  // namespace

std::string compaction_path(std::string_view id) {
    std::string path = "/v1/compactions/";
    append_percent_encoded(path, id);
    return path;
}

std::string follow_compaction(HttpClient& client, StopSignals& stop, std::string report) {
    const auto id = json_string(report, "id");
    try {
        return look_until_over(client, stop, std::move(report));
    } catch (const Stopped&) {
        std::fprintf(stderr,
                     "firn: The compaction goes on. `firn compactions show %s` tells how far it "
                     "is, `firn compactions cancel %s` takes it back, until its cut.\n",
                     id.c_str(), id.c_str());
        throw;
    }
}

}  // namespace firn::cli

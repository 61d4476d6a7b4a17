// All compactions of a service: those that run, that wait their turn, and the reports of those
// that are over.
//
// At most jobs_max run at once of those that were asked for; two on one stream never do. Reports
// are documents: what was running when the program ended goes on when it starts, from its plan or,
// after its cut, with reclaiming.
//
// Thread: any; a mutex of its own, not held while something is written, awaited or answered. Jobs
// run on the executor, a slice at a time.
// Errors: results with actor_errc and storage_errc. Opening throws StorageFailure if a report does
// not check.
#pragma once

#include "actors/actor_context.hpp"
#include "actors/compaction/compaction.hpp"
#include "actors/compaction/compaction_pace.hpp"
#include "actors/compaction/compaction_run.hpp"
#include "actors/compaction/quarantine.hpp"

#include <deque>
#include <map>
#include <variant>

namespace firn {

class Compactions final : public CompactionHost, public std::enable_shared_from_this<Compactions> {
public:
    using Report = std::shared_ptr<const CompactionReport>;
    using Run = std::shared_ptr<const CompactionRun>;
    using AnyReport = std::variant<Report, Run>;

    Compactions(std::shared_ptr<ActorContext> context, ServiceConfig::Compaction config);
    // Once, when the context's host is set: goes on with what was left.
    void resume();
    void close();

    // A job on the stream, kept durably; or the one that runs with the same options. Refused with
    // decider_not_declared, bad_request (no bound, neither here nor by the category),
    // compaction_running, overloaded, stream_not_found, stream_deleted.
    boost::asio::awaitable<result<Report>> start(StreamName stream, CompactionOptions options);
    // Writes nothing; ends with the report.
    boost::asio::awaitable<result<Report>> dry_run(StreamName stream, CompactionOptions options);
    // Of a category, or of all (empty). A dry run ends when it is over.
    boost::asio::awaitable<result<Run>> start_run(std::string category, CompactionOptions options);

    // Ends when the compaction is over or waits for a client, or the time is up.
    boost::asio::awaitable<void> wait(std::string id, std::chrono::milliseconds at_most);
    [[nodiscard]] result<AnyReport> find(std::string_view id) const;
    // The one that runs, or waits, on the stream; null: none.
    [[nodiscard]] Report running_on(const StreamName& stream) const;

    struct Query {
        std::string category;
        std::optional<StreamName> stream;
        std::optional<CompactionStatus> status;
        std::size_t limit = 100;
        std::string before;  // an id; empty: from the newest
    };
    struct List {
        std::vector<AnyReport> reports;  // newest first
        bool more = false;
    };
    [[nodiscard]] List list(const Query& query) const;

    // too_late from the cut on; compaction_not_found; nothing if it was cancelled already.
    boost::asio::awaitable<error_code> cancel(std::string id);
    // The hash that an external decider's client computed. compaction_not_found; bad_request if it
    // does not wait for one.
    boost::asio::awaitable<error_code> verify(std::string id, Hash state_hash);

    [[nodiscard]] Quarantine& quarantine() noexcept { return quarantine_; }
    // Lets a stream out of the quarantine, durably. bad_request: it was not there.
    boost::asio::awaitable<error_code> release(StreamName stream);
    struct Load {
        std::size_t running = 0;
        std::size_t waiting = 0;
    };
    [[nodiscard]] Load load() const;
    // What runs now.
    [[nodiscard]] std::vector<Report> running() const;

    // For the scheduler: one compaction, beside those that were asked for. None: another one runs
    // on the stream, or the service is stopping.
    boost::asio::awaitable<std::optional<CompactionReport>> compact_now(StreamName stream,
                                                                        CompactionOptions options,
                                                                        std::string run);

    boost::asio::awaitable<void> pause(std::chrono::nanoseconds time);
    // The coroutine begins on the executor, if there still is one; what `start` holds lives as
    // long as it.
    void spawn(std::function<boost::asio::awaitable<void>()> start);

    // CompactionHost
    [[nodiscard]] Stores enter() const override;
    [[nodiscard]] std::shared_ptr<const CategoryInEffect> decider(
        const std::string& category) const override;
    [[nodiscard]] result<Blockers> blockers(const StreamName& stream) const override;
    [[nodiscard]] boost::asio::awaitable<StateResult> live_state(StreamName stream) override;
    [[nodiscard]] result<std::vector<DocumentText>> confirm_cut(
        const CompactionReport& report, std::uint32_t revision,
        std::uint64_t blockers_mark) override;
    void cut_ended(const CompactionReport& report, std::optional<Position> position) override;
    [[nodiscard]] boost::asio::awaitable<error_code> keep(CompactionReport report) override;
    [[nodiscard]] boost::asio::awaitable<void> yield_after(std::chrono::nanoseconds slice) override;
    void at(std::string_view step) override;
    void post(std::function<void()> function) override;

private:
    struct Job {
        std::shared_ptr<CompactionControl> control;
        bool started = false;
        std::optional<Hash> client_hash;  // posted, and not looked at yet
    };
    struct ActiveRun;

    struct Cancelled {
        std::optional<CompactionReport> report = {};  // to be written
        bool ends_here = false;                       // nobody runs it
    };
    [[nodiscard]] result<Cancelled> begin_cancel(const std::string& id);
    [[nodiscard]] std::size_t waiting() const;
    void load_report(CompactionReport report);
    void load_run(CompactionRun run);
    [[nodiscard]] result<CompactionOptions> completed(const std::string& category,
                                                      CompactionOptions options) const;
    [[nodiscard]] error_code check_stream(const StreamName& stream) const;
    // Null: another one is there.
    [[nodiscard]] std::shared_ptr<CompactionControl> enroll(const CompactionReport& report);
    void pump();
    boost::asio::awaitable<void> run_job(std::shared_ptr<CompactionControl> control,
                                         std::optional<Hash> client_hash);
    boost::asio::awaitable<CompactionReport> run_one(std::shared_ptr<CompactionControl> control,
                                                     std::optional<Hash> client_hash);
    void count(const CompactionReport& report);
    void end_job(const CompactionReport& report);
    // Under mutex_; the ids of those that there is no more room for.
    [[nodiscard]] std::vector<std::string> remember(AnyReport report);
    void erase_documents(const std::vector<std::string>& ids);

    boost::asio::awaitable<void> run_lane(std::shared_ptr<ActiveRun> run);
    void start_lanes(const std::shared_ptr<ActiveRun>& run);
    boost::asio::awaitable<void> end_run(std::shared_ptr<ActiveRun> run);
    boost::asio::awaitable<void> keep_run(std::shared_ptr<ActiveRun> run);
    [[nodiscard]] std::optional<StreamName> next_stream(ActiveRun& run) const;
    [[nodiscard]] std::optional<CompactionReport> nothing_to_do(
        const StreamName& stream, const CompactionOptions& options) const;
    // False: it is over but for its document.
    [[nodiscard]] static bool cancel_run(ActiveRun& run);
    [[nodiscard]] static bool is_over(ActiveRun& run);
    [[nodiscard]] static Run report_of(ActiveRun& run);
    boost::asio::awaitable<error_code> put_document(std::string key, std::string text);

    const std::shared_ptr<ActorContext> context_;
    const ServiceConfig::Compaction config_;
    CompactionPace pace_;
    Quarantine quarantine_;
    std::atomic<bool> closed_{false};

    mutable std::mutex mutex_;         // guards what follows
    std::map<std::string, Job> jobs_;  // that are not over
    std::map<StreamName, std::string> by_stream_;
    std::deque<std::string> waiting_;  // their turn
    std::size_t running_ = 0;          // of those that had to wait their turn
    std::map<std::string, std::shared_ptr<ActiveRun>> runs_;
    std::map<std::string, AnyReport> over_;
};

}  // namespace firn

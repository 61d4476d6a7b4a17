#include "actors/compaction/compactor.hpp"

#include "actors/compaction/compaction.hpp"
#include "actors/fold_start.hpp"
#include "actors/identity/event_id.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <limits>

namespace firn {

class Compactor::Host final : public CompactionHost {
public:
    Host(boost::asio::any_io_executor executor, EventStore& store, SnapshotStore& snapshots,
         std::shared_ptr<const DeciderEngine> decider, std::uint32_t revision)
        : executor_(std::move(executor)), store_(store), snapshots_(snapshots) {
        auto by = std::make_shared<CategoryInEffect>();
        by->is_set = true;
        by->settings.decider.emplace().kind = std::string(decider->kind());
        by->revision = revision;
        by->engine = std::move(decider);
        by_ = std::move(by);
    }

    [[nodiscard]] Stores enter() const override {
        return {StoreGate::Pass(), &store_, &snapshots_};
    }
    [[nodiscard]] std::shared_ptr<const CategoryInEffect> decider(
        const std::string&) const override {
        return by_;
    }
    [[nodiscard]] result<Blockers> blockers(const StreamName&) const override { return Blockers{}; }

    [[nodiscard]] boost::asio::awaitable<StateResult> live_state(StreamName stream) override {
        Category category(stream.category, by_);
        auto start = start_fold(store_, stream, Version{std::numeric_limits<std::uint64_t>::max()},
                                category, counters_);
        if (!start.fold) {
            co_return start.failure;
        }
        for (bool at_end = false; !at_end;) {
            const auto slice = start.fold->read(store_, stream,
                                                Version{std::numeric_limits<std::uint64_t>::max()});
            if (slice.error) {
                co_return StateFailure{slice.error, {}, {}};
            }
            if (slice.failure) {
                co_return StateFailure{actor_errc::fold_failed, {}, *slice.failure};
            }
            at_end = slice.at_end;
            co_await yield_after({});
        }
        auto text = start.fold->json();
        if (!text) {
            co_return StateFailure{actor_errc::fold_failed, {}, text.error()};
        }
        co_return StateView{start.fold->version(), std::move(*text),
                            std::string(by_->decider_kind()), by_->revision};
    }

    [[nodiscard]] result<std::vector<DocumentText>> confirm_cut(const CompactionReport&,
                                                                std::uint32_t,
                                                                std::uint64_t) override {
        return std::vector<DocumentText>();
    }
    void cut_ended(const CompactionReport&, std::optional<Position>) override {}
    [[nodiscard]] boost::asio::awaitable<error_code> keep(CompactionReport) override {
        co_return error_code();
    }
    [[nodiscard]] boost::asio::awaitable<void> yield_after(std::chrono::nanoseconds) override {
        co_await boost::asio::post(executor_, boost::asio::use_awaitable);
    }
    void at(std::string_view) override {}
    void post(std::function<void()> function) override {
        boost::asio::post(executor_, std::move(function));
    }

private:
    const boost::asio::any_io_executor executor_;
    EventStore& store_;
    SnapshotStore& snapshots_;
    std::shared_ptr<const CategoryInEffect> by_;
    Counters counters_;
};

Compactor::Compactor(boost::asio::any_io_executor executor, EventStore& store,
                     SnapshotStore& snapshots, std::shared_ptr<const DeciderEngine> decider,
                     std::uint32_t revision)
    : host_(std::make_shared<Host>(std::move(executor), store, snapshots, std::move(decider),
                                   revision)) {}

Compactor::~Compactor() = default;

boost::asio::awaitable<CompactionResult> Compactor::compact(StreamName stream,
                                                            CompactionOptions options) {
    CompactionReport report;
    report.id = to_text(make_event_id());
    report.stream = std::move(stream);
    report.asked = options;
    report.started_at = now();
    if (!options.has_bound()) {
        report.status = CompactionStatus::failed;
        report.reason = "neither keep_last nor up_to_version is stated";
        co_return report;
    }
    const auto control = std::make_shared<CompactionControl>(report);
    Compaction compaction(host_, report, control);
    co_return co_await compaction.run();
}

}  // namespace firn

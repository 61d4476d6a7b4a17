#include "actors/service.hpp"

#include "actors/answer_of.hpp"
#include "actors/service_impl.hpp"

namespace firn {

namespace {

StateResult cancelled_state() {
    return StateFailure{boost::asio::error::operation_aborted, {}, {}};
}

CommandOutcome cancelled_command() {
    CommandOutcome outcome;
    outcome.error = boost::asio::error::operation_aborted;
    return outcome;
}

StreamActor::SnapshotAnswer cancelled_snapshot() {
    return StateFailure{boost::asio::error::operation_aborted, {}, {}};
}

SettingsOutcome cancelled_settings() {
    return {boost::asio::error::operation_aborted, {}};
}

SubscriptionOutcome cancelled_subscription() {
    return {boost::asio::error::operation_aborted};
}

bool cancelled_stop() {
    return false;
}

}  // namespace

Service::Service(boost::asio::any_io_executor executor, ServiceConfig config,
                 std::unique_ptr<EventStore> store) {
    config.validate();
    impl_ = std::make_shared<Impl>(std::move(executor), config, std::move(store));
    impl_->watch_context();
}

Service::~Service() {
    stop();
}

boost::asio::awaitable<AppendOutcome> Service::append(AppendRequest request) {
    return answer_of<AppendOutcome>(
        [](Reply<AppendOutcome> reply, std::shared_ptr<Impl> impl, AppendRequest asked) {
            impl->append(std::move(asked), StreamWrite::Kind::append, std::move(reply));
        },
        &WriteCall<AppendOutcome>::cancelled, impl_, std::move(request));
}

boost::asio::awaitable<AppendOutcome> Service::delete_stream(StreamName stream, Expected expected) {
    return answer_of<AppendOutcome>(
        [](Reply<AppendOutcome> reply, std::shared_ptr<Impl> impl, AppendRequest asked) {
            impl->append(std::move(asked), StreamWrite::Kind::delete_stream, std::move(reply));
        },
        &WriteCall<AppendOutcome>::cancelled, impl_,
        AppendRequest{std::move(stream), expected, nullptr});
}

boost::asio::awaitable<TransactionOutcome> Service::transact(Transaction transaction) {
    return answer_of<TransactionOutcome>(
        [](Reply<TransactionOutcome> reply, std::shared_ptr<Impl> impl, Transaction asked) {
            impl->transact(std::move(asked), std::move(reply));
        },
        &WriteCall<TransactionOutcome>::cancelled, impl_, std::move(transaction));
}

boost::asio::awaitable<std::vector<TransactionOutcome>> Service::transact_all(
    std::vector<Transaction> transactions) {
    if (transactions.empty()) {
        co_return std::vector<TransactionOutcome>{};
    }
    const auto impl = impl_;
    co_return co_await answer_of<std::vector<TransactionOutcome>>(
        [](Reply<std::vector<TransactionOutcome>> reply, std::shared_ptr<Impl> on,
           std::vector<Transaction> asked) {
            on->transact_all(std::move(asked), std::move(reply));
        },
        +[] { return std::vector<TransactionOutcome>{}; }, impl, std::move(transactions));
}

boost::asio::awaitable<StateResult> Service::state(StreamName stream,
                                                   std::optional<Version> version) {
    const auto impl = impl_;
    if (auto external = impl->external_state(stream, version)) {
        co_return std::move(*external);
    }
    if (auto view = impl->cached_state(stream);
        view && view->version == version.value_or(view->version)) {
        co_return std::move(*view);
    }
    bool is_head = true;
    if (version) {
        if (auto failure = impl->check_version(stream, *version, is_head)) {
            co_return std::move(*failure);
        }
    }
    if (is_head) {
        auto state = co_await answer_of<StateResult>(
            [](Reply<StateResult> reply, std::shared_ptr<Impl> on, StreamName asked) {
                on->head_state(asked, std::move(reply));
            },
            &cancelled_state, impl, stream);
        // The head may have moved on meanwhile.
        if (!version || !state || state->version == *version) {
            co_return state;
        }
    }
    co_return co_await answer_of<StateResult>(
        [](Reply<StateResult> reply, std::shared_ptr<Impl> on, StreamName asked, Version at) {
            on->old_state(asked, at, std::move(reply));
        },
        &cancelled_state, impl, std::move(stream), *version);
}

boost::asio::awaitable<CommandOutcome> Service::execute(CommandRequest request) {
    return answer_of<CommandOutcome>(
        [](Reply<CommandOutcome> reply, std::shared_ptr<Impl> on, CommandRequest asked) {
            on->execute(std::move(asked), std::move(reply));
        },
        &cancelled_command, impl_, std::move(request));
}

boost::asio::awaitable<SnapshotResult> Service::take_snapshot(StreamName stream) {
    const auto impl = impl_;
    const auto taken = co_await answer_of<StreamActor::SnapshotAnswer>(
        [](Reply<StreamActor::SnapshotAnswer> reply, std::shared_ptr<Impl> on, StreamName asked) {
            on->take_snapshot(asked, std::move(reply));
        },
        &cancelled_snapshot, impl, stream);
    if (!taken) {
        co_return taken.error();
    }
    co_return impl->saved_snapshot(stream, *taken);
}

boost::asio::awaitable<SnapshotResult> Service::put_snapshot(StreamName stream, Version version,
                                                             std::string state,
                                                             std::uint32_t revision) {
    const auto impl = impl_;
    Snapshot snapshot;
    snapshot.facts.version = version;
    snapshot.facts.revision = revision;
    snapshot.state = std::move(state);
    const auto taken = co_await answer_of<StreamActor::SnapshotAnswer>(
        [](Reply<StreamActor::SnapshotAnswer> reply, std::shared_ptr<Impl> on, StreamName to,
           Snapshot put) { on->put_snapshot(to, std::move(put), std::move(reply)); },
        &cancelled_snapshot, impl, stream, std::move(snapshot));
    if (!taken) {
        co_return taken.error();
    }
    co_return impl->saved_snapshot(stream, version);
}

boost::asio::awaitable<SettingsOutcome> Service::set_category(
    std::string category, std::optional<CategorySettings> settings) {
    return answer_of<SettingsOutcome>(
        [](Reply<SettingsOutcome> reply, std::shared_ptr<Impl> on, std::string name,
           std::optional<CategorySettings> set) {
            on->set_category(name, std::move(set), std::move(reply));
        },
        &cancelled_settings, impl_, std::move(category), std::move(settings));
}

boost::asio::awaitable<SettingsOutcome> Service::set_stream_policy(
    StreamName stream, std::optional<SnapshotSettings> policy) {
    return answer_of<SettingsOutcome>(
        [](Reply<SettingsOutcome> reply, std::shared_ptr<Impl> on, StreamName name,
           std::optional<SnapshotSettings> set) {
            on->set_stream_policy(name, set, std::move(reply));
        },
        &cancelled_settings, impl_, std::move(stream), policy);
}

std::shared_ptr<CategoryRegistry> Service::categories() const {
    return impl_->categories();
}

boost::asio::awaitable<SubscriptionOutcome> Service::set_subscription(
    std::string name, SubscriptionSettings settings) {
    return answer_of<SubscriptionOutcome>(
        [](Reply<SubscriptionOutcome> reply, std::shared_ptr<Impl> on, std::string asked,
           SubscriptionSettings set) {
            on->set_subscription(asked, std::move(set), std::move(reply));
        },
        &cancelled_subscription, impl_, std::move(name), std::move(settings));
}

boost::asio::awaitable<SubscriptionOutcome> Service::delete_subscription(std::string name) {
    return answer_of<SubscriptionOutcome>(
        [](Reply<SubscriptionOutcome> reply, std::shared_ptr<Impl> on, std::string asked) {
            on->delete_subscription(asked, std::move(reply));
        },
        &cancelled_subscription, impl_, std::move(name));
}

boost::asio::awaitable<SubscriptionOutcome> Service::acknowledge(std::string name,
                                                                 Position position) {
    return answer_of<SubscriptionOutcome>(
        [](Reply<SubscriptionOutcome> reply, std::shared_ptr<Impl> on, std::string asked,
           Position up_to) { on->acknowledge(asked, up_to, std::move(reply)); },
        &cancelled_subscription, impl_, std::move(name), position);
}

std::shared_ptr<const Subscription> Service::subscription(std::string_view name) const {
    return impl_->subscriptions()->find(name);
}

std::shared_ptr<SubscriptionRegistry> Service::subscriptions() const {
    return impl_->subscriptions();
}

std::shared_ptr<Compactions> Service::compactions() const {
    return impl_->compactions();
}

std::shared_ptr<CompactionScheduler> Service::scheduler() const {
    return impl_->scheduler();
}

boost::asio::awaitable<result<VacuumProgress>> Service::vacuum() {
    constexpr std::chrono::milliseconds slice_max{5};
    const auto impl = impl_;
    if (const auto begun = impl->vacuuming().begin(); !begun) {
        co_return begun.error();
    }
    for (;;) {
        const auto began = std::chrono::steady_clock::now();
        const auto progress = impl->vacuuming().step(slice_max);
        if (!progress || progress->is_done()) {
            co_return progress;
        }
        co_await impl->compactions()->yield_after(std::chrono::steady_clock::now() - began);
    }
}

result<VacuumNeeds> Service::vacuum_needs() const {
    return impl_->vacuum_needs();
}

std::optional<VacuumProgress> Service::vacuum_progress() const {
    return impl_->vacuuming().progress();
}

CategoryAdvice Service::advise(const std::string& category) const {
    return impl_->advise(category);
}

void Service::register_decider(std::string category, std::shared_ptr<const DeciderEngine> engine,
                               std::uint32_t code_revision) {
    impl_->categories()->register_native(category, {std::move(engine), code_revision});
}

std::optional<StateView> Service::cached_state(const StreamName& stream) const {
    return impl_->cached_state(stream);
}

std::unique_ptr<CatchUp> Service::catch_up(FeedQuery query) const {
    return impl_->catch_up(std::move(query));
}

const EventStore& Service::store() const noexcept {
    return impl_->store();
}

result<Version> Service::head_version(const StreamName& stream) const {
    return impl_->head_version(stream);
}

std::optional<CommandOutcome> Service::recall(const StreamName& stream,
                                              const EventId& command) const {
    return impl_->recall(stream, command);
}

ServiceStats Service::stats() const {
    return impl_->stats();
}

boost::asio::awaitable<Position> Service::wait_past(Position seen,
                                                    std::chrono::milliseconds at_most) {
    return impl_->feed()->wait_past(seen, at_most);
}

boost::asio::awaitable<void> Service::async_stop() {
    const auto impl = impl_;
    impl->begin_stop();
    co_await answer_of<bool>(
        [](Reply<bool> reply, std::shared_ptr<Impl> on) { on->when_stopped(std::move(reply)); },
        &cancelled_stop, impl);
    impl->join();
}

void Service::stop() {
    impl_->begin_stop();
    impl_->join();
}

}  // namespace firn

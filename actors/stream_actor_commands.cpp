// How an actor decides commands: in batches, each on the state that those before it will leave.
#include "actors/commands/command_events.hpp"
#include "actors/stream_actor_work.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace firn {

namespace {

// Bounds a turn, and how much is decided again if a write fails.
constexpr std::size_t batch_max = 256;
// Events that a command was decided to be, folded before they are appended; longer would keep the
// thread from everybody.
constexpr std::chrono::seconds fold_time_max{2};
// Only writes from outside this process's actors could make a conflict at all.
constexpr std::uint32_t attempts_max = 16;

}  // namespace

// One command's events on their way.
class StreamActor::CommandWrite final : public WriteRequest {
public:
    CommandWrite(Transaction transaction, std::shared_ptr<StreamActor> actor, std::size_t index)
        : WriteRequest(std::move(transaction)), actor_(std::move(actor)), index_(index) {}

    void answer(TransactionOutcome outcome) override {
        actor_->command_written(index_, std::move(outcome));
    }

private:
    void answer_refusal(error_code error) override {
        TransactionOutcome outcome;
        outcome.error = error;
        actor_->command_written(index_, std::move(outcome));
    }

    std::shared_ptr<StreamActor> actor_;
    std::size_t index_;
};

void StreamActor::execute(CommandCall call) {
    bool turn = false;
    bool refused = false;
    {
        const std::lock_guard lock(mutex_);
        refused = is_overloaded();
        if (!refused) {
            work().commands.push_back(std::move(call));
            turn = wants_commands() && take_turn();
        }
    }
    if (refused) {
        context_.counters.overloads.add();
        CommandOutcome outcome;
        outcome.error = actor_errc::overloaded;
        std::move(call.reply).post(std::move(outcome));
    }
    if (turn) {
        schedule_turn();
    }
}

bool StreamActor::wants_commands() const noexcept {
    return work_ && !work_->commands.empty() && work_->batch.empty() && writes_ == 0;
}

void StreamActor::decide_batch(Slice& slice) {
    auto batch = take_commands(slice);
    if (batch.empty()) {
        return;  // a write got in before them: another turn
    }
    CommandCalls undecided;
    bool voids_fold = false;
    for (std::size_t i = 0; i != batch.size(); ++i) {
        voids_fold = !decide(batch[i]);
        if (voids_fold || slice.time.is_up()) {
            const auto rest = batch.begin() + static_cast<std::ptrdiff_t>(i) + 1;
            std::move(rest, batch.end(), std::back_inserter(undecided));
            batch.erase(rest, batch.end());
            break;
        }
    }
    give_back(std::move(undecided));
    const bool writes = std::ranges::any_of(batch, &CommandCall::writes);
    if (writes) {
        submit_batch(std::move(batch), voids_fold);
    } else {
        end_batch(slice, std::move(batch), voids_fold);
    }
    // What came in behind these commands goes its way behind them.
    const std::lock_guard lock(mutex_);
    if (work_) {
        work_->deciding = false;
        std::move(work_->parked.begin(), work_->parked.end(), std::back_inserter(slice.released));
        work_->parked.clear();
    }
}

// Up to one whose id is in the batch already: it must see what became of the first.
CommandCalls StreamActor::take_commands(const Slice& slice) {
    CommandCalls batch;
    const std::lock_guard lock(mutex_);
    if (!wants_commands() || writes_ended_ != slice.writes_ended) {
        return batch;
    }
    auto& commands = work_->commands;
    while (!commands.empty() && batch.size() != batch_max) {
        const auto& id = commands.front().id;
        if (id && std::ranges::find(batch, id, &CommandCall::id) != batch.end()) {
            break;
        }
        batch.push_back(std::move(commands.front()));
        commands.pop_front();
    }
    work_->deciding = true;
    return batch;
}

void StreamActor::give_back(CommandCalls calls) {
    const std::lock_guard lock(mutex_);
    while (!calls.empty()) {
        calls.back().outcome = {};
        calls.back().writes = false;
        calls.back().written = {};
        work().commands.push_front(std::move(calls.back()));
        calls.pop_back();
    }
}

// False: the fold is void.
bool StreamActor::decide(CommandCall& call) {
    if (call.id && recall(call)) {
        return true;
    }
    context_.counters.commands.add();
    Decision decision;
    try {
        decision = fold_->decide(call.command);
    } catch (const std::exception& exception) {
        decision.kind = Decision::Kind::failed;
        decision.reason = exception.what();
    }
    auto& outcome = call.outcome;
    outcome.appended.version = fold_->version();
    outcome.appended.first_version = fold_->version().next();
    switch (decision.kind) {
        case Decision::Kind::no_decide: outcome.error = actor_errc::no_decide; return true;
        case Decision::Kind::rejected:
            context_.counters.commands_rejected.add();
            outcome.error = actor_errc::command_rejected;
            outcome.reason = std::move(decision.reason);
            outcome.native_rejection = std::move(decision.native_rejection);
            return true;
        case Decision::Kind::failed:
            outcome.error = actor_errc::fold_failed;
            outcome.reason = decision.reason;
            outcome.fold = FoldFailure{fold_->version(), "decide: " + decision.reason};
            return true;
        case Decision::Kind::accepted:
            return decision.events.empty() || append_decided(call, decision);
    }
    return true;
}

bool StreamActor::append_decided(CommandCall& call, const Decision& decision) {
    const auto recorded_at = std::max(now(), fold_->last_recorded_at());
    auto encoded = encode_decided(decision.events, call.id, recorded_at, call.command.traceparent);
    const auto refuse = [&](const std::string& reason) {
        call.outcome.error = actor_errc::fold_failed;
        call.outcome.reason = reason;
        call.outcome.fold = FoldFailure{fold_->version(), reason};
    };
    if (!encoded.objection.empty()) {
        refuse(encoded.objection);
        return true;
    }
    const auto first = fold_->version().next();
    std::unique_ptr<FoldFailure> failed;
    try {
        failed = fold_->apply({encoded.events, first, no_position, recorded_at},
                              TurnTime(fold_time_max));
        if (!failed && fold_->version() < first.plus(encoded.events->count() - 1)) {
            failed = std::make_unique<FoldFailure>(
                FoldFailure{fold_->version(), "that takes more than 2 s"});
        }
    } catch (const std::exception& exception) {
        failed = std::make_unique<FoldFailure>(FoldFailure{first, exception.what()});
    }
    if (failed) {
        // Its events would make the stream unfoldable: they are not appended.
        refuse("the events that decide returned cannot be folded: " + failed->reason);
        return false;
    }
    context_.counters.events_applied.add(encoded.events->count());
    call.outcome.events = std::move(encoded.events);
    call.writes = true;
    return true;
}

// True: it was here before, or the store cannot say.
bool StreamActor::recall(CommandCall& call) {
    const auto pass = context_.gate.enter();
    if (!pass) {
        call.outcome.error = actor_errc::closed;
        return true;
    }
    auto known = find_command(*pass, name_, *call.id);
    if (!known) {
        return false;
    }
    context_.counters.replays.add(known->error ? 0 : 1);
    call.outcome = std::move(*known);
    return true;
}

void StreamActor::submit_batch(CommandCalls batch, bool voids_fold) {
    // The versions at which each one's events follow, before the batch is out of our hands.
    std::vector<std::pair<std::size_t, Transaction>> writes;
    for (std::size_t i = 0; i != batch.size(); ++i) {
        if (batch[i].writes) {
            Transaction transaction;
            transaction.writes.push_back({name_,
                                          Expected::exactly(batch[i].outcome.appended.version),
                                          StreamWrite::Kind::append, batch[i].outcome.events});
            writes.emplace_back(i, std::move(transaction));
        }
    }
    {
        const std::lock_guard lock(mutex_);
        auto& on_its_way = work();
        on_its_way.batch = std::move(batch);
        on_its_way.batch_unwritten = writes.size();
        on_its_way.batch_voids_fold = voids_fold;
        writes_ += static_cast<std::uint32_t>(writes.size());
    }
    CommitRequests requests;
    std::vector<CommandWrite*> refused;
    for (auto& [index, transaction] : writes) {
        auto write =
            std::make_unique<CommandWrite>(std::move(transaction), shared_from_this(), index);
        write->set_actors({shared_from_this()});
        refused.push_back(write.get());
        requests.push_back(std::move(write));
    }
    const auto host = context_.host.lock();
    if (const auto error = host ? host->enqueue(requests) : make_error_code(actor_errc::closed)) {
        for (auto* const write : refused) {
            write->refuse(error);
        }
    }
}

void StreamActor::command_written(std::size_t index, TransactionOutcome outcome) {
    bool turn = false;
    {
        const std::lock_guard lock(mutex_);
        auto& call = work_->batch[index];
        call.written = outcome.error;
        if (!outcome.error) {
            call.outcome.appended = outcome.streams.front();
        }
        turn = --work_->batch_unwritten == 0 && take_turn();
    }
    if (turn) {
        schedule_turn();
    }
}

// In their order: as long as all went well, answers; from the first lost write on, what was
// decided on a state that never came to be is decided again.
void StreamActor::end_batch(Slice& slice, CommandCalls batch, bool voids_fold) {
    bool lost = false;
    CommandCalls again;
    for (auto& call : batch) {
        if (call.writes && !call.written) {
            // A replay means that the events were there before, not at the fold's versions.
            lost = lost || call.outcome.appended.replayed;
            slice.answered_commands.push_back(std::move(call));
        } else if (!lost && !call.writes) {
            slice.answered_commands.push_back(std::move(call));
        } else if (lost || (call.written == storage_errc::wrong_version &&
                            ++call.attempts != attempts_max)) {
            lost = true;
            again.push_back(std::move(call));
        } else {
            lost = true;
            call.outcome.error = call.written == storage_errc::wrong_version
                                     ? make_error_code(actor_errc::overloaded)
                                     : call.written;
            call.outcome.events.reset();
            slice.answered_commands.push_back(std::move(call));
        }
    }
    give_back(std::move(again));
    if (lost || voids_fold) {
        fold_.reset();
    }
}

}  // namespace firn

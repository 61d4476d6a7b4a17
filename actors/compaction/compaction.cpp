#include "actors/compaction/compaction.hpp"

#include "actors/compaction/compaction_plan.hpp"
#include "actors/deciders/interrupted.hpp"
#include "storage/chain_hash.hpp"

namespace firn {

namespace {

// So often what a plan rests on may change under it.
constexpr int plans_max = 10;

}  // namespace

Compaction::Compaction(std::shared_ptr<CompactionHost> host, CompactionReport report,
                       std::shared_ptr<CompactionControl> control, std::optional<Hash> client_hash)
    : host_(std::move(host)),
      report_(std::move(report)),
      control_(std::move(control)),
      client_hash_(client_hash) {}

boost::asio::awaitable<CompactionReport> Compaction::run() {
    auto next = Next::plan_again;
    if (report_.is_cut()) {
        next = co_await reclaim();
    } else {
        if (report_.snapshot) {
            // Of an earlier start: it may be elsewhere than the new plan's.
            anchor_written_ = report_.snapshot->version;
        }
        report_.status = CompactionStatus::running;
        for (int plans = 0; next == Next::plan_again; ++plans) {
            co_await take_anchor_back();
            if (plans == plans_max) {
                next = fail("what the plan rests on changed " + std::to_string(plans_max) +
                            " times; try again");
                break;
            }
            try {
                next = co_await compact();
            } catch (const FoldInterrupted& interrupted) {
                next = fail("the fold was stopped at " + at_version(interrupted.failure));
            } catch (const std::exception& exception) {
                next = fail(exception.what());
            }
        }
    }
    if (next == Next::closed) {
        co_return report_;
    }
    if (!report_.is_cut()) {
        co_await take_anchor_back();
    }
    if (report_.is_over()) {
        report_.finished_at = now();
    }
    if (!report_.asked.dry_run) {
        (void)co_await host_->keep(report_);
    }
    co_return report_;
}

boost::asio::awaitable<Compaction::Next> Compaction::compact() {
    auto next = co_await plan();
    if (next == Next::go_on) {
        next = co_await replay();
    }
    if (next == Next::go_on && !report_.asked.dry_run) {
        next = co_await write_anchor();
    }
    if (next == Next::go_on) {
        next = co_await verify();
    }
    if (next == Next::go_on && report_.asked.dry_run) {
        co_return co_await size_up();
    }
    if (next == Next::go_on) {
        next = co_await cut();
    }
    if (next == Next::go_on) {
        next = co_await reclaim();
    }
    co_return next;
}

boost::asio::awaitable<Compaction::Next> Compaction::plan() {
    report_.snapshot.reset();
    report_.verification.reset();
    enter(CompactionPhase::plan);
    {
        const auto stores = host_->enter();
        if (!stores) {
            co_return Next::closed;
        }
        const auto facts = stores.events().facts(report_.stream);
        if (!facts) {
            co_return fail(facts.error(), "looking at the stream");
        }
        if (facts->deleted) {
            co_return end(CompactionStatus::skipped, "the stream was deleted");
        }
        by_ = host_->decider(report_.stream.category);
        if (!by_) {
            co_return fail("the category has no declared decider");
        }
        auto blockers = host_->blockers(report_.stream);
        if (!blockers) {
            co_return fail(blockers.error(), "looking at the subscriptions");
        }
        blockers_mark_ = blockers->mark;
        const auto plan = plan_compaction(
            {facts->version, facts->first_version, std::move(blockers->blockers)}, report_.asked);
        report_.blockers = plan.blockers;
        report_.from_version = facts->first_version;
        report_.up_to_version = plan.up_to;
        report_.events_kept = facts->version.since(plan.up_to);
        report_.first_version_before = facts->first_version;
        report_.first_version_after = facts->first_version;
        if (!plan.deletes()) {
            co_return end(CompactionStatus::skipped, plan.reason);
        }
        if (!by_->engine) {
            co_return fail("the decider cannot be had: " + by_->unavailable);
        }
        if (const auto next = take_base(stores); next != Next::go_on) {
            co_return next;
        }
    }
    control_->publish(report_);
    if (report_.asked.dry_run) {
        co_return Next::go_on;
    }
    const auto error = co_await host_->keep(report_);
    host_->at("planned");
    co_return error ? fail(error, "writing the plan") : Next::go_on;
}

Compaction::Next Compaction::take_base(const CompactionHost::Stores& stores) {
    base_ = {Version{report_.first_version_before.value() - 1}, {}, {}};
    if (base_.version == no_version) {
        base_.chain_hash = chain_start(report_.stream.category, report_.stream.id);
        return Next::go_on;
    }
    auto found = stores.snapshots().find(report_.stream, base_.version);
    if (!found && found.error() != storage_errc::corrupt) {
        return fail(found.error(), "reading the anchor");
    }
    if (!found || !*found) {
        return fail_suspect("the anchor at version " + std::to_string(base_.version.value()) +
                            " is damaged in both copies");
    }
    auto& anchor = **found;
    base_.chain_hash = anchor.facts.chain_hash;
    base_.state = std::move(anchor.state);
    if (anchor.facts.revision == by_->revision || by_->is_external()) {
        return Next::go_on;
    }
    auto migrated = by_->engine->migrate(base_.state, anchor.facts.revision);
    if (!migrated) {
        return fail_suspect("the anchor of revision " + std::to_string(anchor.facts.revision) +
                            " cannot be migrated: " + *migrated.error());
    }
    base_.state.clear();
    if (const auto reason = (*migrated)->write_json(base_.state)) {
        return fail_suspect("the migrated state cannot be written: " + *reason);
    }
    return Next::go_on;
}

void Compaction::enter(CompactionPhase phase) {
    report_.phase = phase;
    control_->publish(report_);
}

Compaction::Next Compaction::end(CompactionStatus status, std::string reason) {
    report_.status = status;
    report_.reason = std::move(reason);
    if (status == CompactionStatus::succeeded || status == CompactionStatus::skipped) {
        report_.phase = CompactionPhase::done;
    }
    return Next::over;
}

Compaction::Next Compaction::fail(std::string reason) {
    return end(CompactionStatus::failed, std::move(reason));
}

Compaction::Next Compaction::fail_suspect(std::string reason) {
    suspect_ = true;
    return fail(std::move(reason));
}

Compaction::Next Compaction::fail(const error_code& error, std::string_view doing) {
    if (is_closed(error)) {
        return Next::closed;
    }
    suspect_ = suspect_ || error == storage_errc::corrupt;
    return fail(std::string(doing) + " failed: " + error.message());
}

std::string Compaction::at_version(const FoldFailure& failure) {
    return failure.version == no_version
               ? failure.reason
               : "version " + std::to_string(failure.version.value()) + ": " + failure.reason;
}

}  // namespace firn

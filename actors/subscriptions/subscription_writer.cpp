#include "actors/subscriptions/subscription_writer.hpp"

#include "actors/subscriptions/subscription_document.hpp"

#include <algorithm>
#include <utility>

namespace firn {

SubscriptionWriter::SubscriptionWriter(std::string name, std::shared_ptr<Surroundings> surroundings,
                                       std::shared_ptr<Subscription> live)
    : name_(std::move(name)), surroundings_(std::move(surroundings)), live_(std::move(live)) {}

std::shared_ptr<Subscription> SubscriptionWriter::live() const {
    const std::lock_guard lock(mutex_);
    return live_;
}

bool SubscriptionWriter::is_unused() const {
    const std::lock_guard lock(mutex_);
    return !live_ && !driven_;
}

void SubscriptionWriter::set(SubscriptionSettings settings, Done done) {
    // Not under the mutex: whoever holds the gate's pass may be waiting for it.
    add({std::move(settings), std::move(done), durable_head()});
}

void SubscriptionWriter::remove(Done done) {
    add({std::nullopt, std::move(done), std::nullopt});
}

void SubscriptionWriter::add(Change change) {
    {
        std::unique_lock lock(mutex_);
        if (changes_.size() >= waiting_max) {
            lock.unlock();
            change.done({actor_errc::overloaded});
            return;
        }
        changes_.push_back(std::move(change));
        if (std::exchange(driven_, true)) {
            return;
        }
    }
    drive();
}

void SubscriptionWriter::acknowledge(Position position, Done done) {
    const auto head = durable_head();
    std::unique_lock lock(mutex_);
    SubscriptionOutcome at_once;
    if (!head) {
        at_once.error = actor_errc::closed;
    } else if (!live_) {
        at_once.error = actor_errc::subscription_not_found;
    } else if (at_once.checkpoint = live_->view().checkpoint; position <= at_once.checkpoint) {
        surroundings_->acknowledged.add();
    } else if (position > *head) {
        at_once.error = actor_errc::position_past_head;
    } else if (acknowledgements_.size() >= waiting_max) {
        at_once.error = actor_errc::overloaded;
    } else {
        acknowledgements_.push_back({position, std::move(done)});
        if (!std::exchange(driven_, true)) {
            lock.unlock();
            drive();
        }
        return;
    }
    lock.unlock();
    done(at_once);
}

std::optional<Position> SubscriptionWriter::durable_head() const {
    const auto pass = surroundings_->gate.enter();
    return pass ? std::optional(pass->head_position()) : std::nullopt;
}

void SubscriptionWriter::drive() {
    for (;;) {
        Answers answers;
        std::optional<Write> write;
        {
            const std::lock_guard lock(mutex_);
            write = advance(answers);
            driven_ = write.has_value();
        }
        for (auto& [done, outcome] : answers) {
            done(outcome);
        }
        if (!write) {
            return;
        }
        // The store may call back before start() returns. Whoever of the two comes second goes
        // on, so that neither calls nor passes to the store nest.
        const auto met = std::make_shared<std::atomic<bool>>(false);
        start(*std::move(write), [self = shared_from_this(), met](error_code error) {
            {
                const std::lock_guard lock(self->mutex_);
                self->error_ = error;
            }
            if (met->exchange(true)) {
                self->drive();
            }
        });
        if (!met->exchange(true)) {
            return;
        }
    }
}

void SubscriptionWriter::start(Write write, DocumentStore::Done done) const {
    const auto pass = surroundings_->gate.enter();
    if (!pass) {
        done(storage_errc::closed);
    } else if (write.text) {
        pass->documents().put(write.kind, name_, *std::move(write.text), std::move(done));
    } else {
        pass->documents().erase(write.kind, name_, std::move(done));
    }
}

std::optional<SubscriptionWriter::Write> SubscriptionWriter::advance(Answers& answers) {
    if (turn_) {
        const auto error = std::exchange(error_, {});
        if (!error && ++turn_->at < turn_->writes.size()) {
            return std::move(turn_->writes[turn_->at]);
        }
        // A checkpoint without settings means nothing: it need not be gone.
        const bool is_gone = turn_->kind == Turn::Kind::remove && turn_->at > 0;
        finish(is_gone ? error_code() : error, answers);
        turn_.reset();
    }
    while (!turn_) {
        if (!begin_next(answers)) {
            return std::nullopt;
        }
    }
    return std::move(turn_->writes.front());
}

bool SubscriptionWriter::begin_next(Answers& answers) {
    if (!acknowledgements_.empty() && (acknowledgements_next_ || changes_.empty())) {
        acknowledgements_next_ = false;
        begin_acknowledging(answers);
        return true;
    }
    if (changes_.empty()) {
        return false;
    }
    acknowledgements_next_ = true;
    auto change = std::move(changes_.front());
    changes_.pop_front();
    if (change.settings) {
        live_ ? begin_updating(std::move(change), answers)
              : begin_creating(std::move(change), answers);
    } else if (live_) {
        turn_ = Turn{Turn::Kind::remove,
                     {{DocumentKind::subscription, {}}, {DocumentKind::checkpoint, {}}},
                     {std::move(change.done)}};
    } else {
        answers.push_back({std::move(change.done), {actor_errc::subscription_not_found}});
    }
    return true;
}

void SubscriptionWriter::begin_acknowledging(Answers& answers) {
    const auto waiting = std::exchange(acknowledgements_, {});
    const auto checkpoint = live_ ? live_->view().checkpoint : no_position;
    Turn turn{Turn::Kind::acknowledge, {}, {}};
    turn.checkpoint = checkpoint;
    for (const auto& [position, done] : waiting) {
        if (!live_) {
            answers.push_back({done, {actor_errc::subscription_not_found}});
        } else if (position <= checkpoint) {
            surroundings_->acknowledged.add();
            answers.push_back({done, {{}, checkpoint}});
        } else {
            turn.checkpoint = std::max(turn.checkpoint, position);
            turn.dones.push_back(done);
        }
    }
    if (!turn.dones.empty()) {
        turn.writes.push_back({DocumentKind::checkpoint, write_checkpoint(turn.checkpoint)});
        turn_ = std::move(turn);
    }
}

void SubscriptionWriter::begin_creating(Change change, Answers& answers) {
    auto& settings = *change.settings;
    if (!settings.from) {
        settings.from.emplace();
    }
    const auto head = change.head;
    if (!head) {
        answers.push_back({std::move(change.done), {actor_errc::closed}});
        return;
    }
    const auto checkpoint =
        settings.from->kind == SubscriptionStart::Kind::end ? *head : settings.from->position;
    auto& count = surroundings_->count;
    if (checkpoint > *head) {
        answers.push_back({std::move(change.done), {actor_errc::position_past_head}});
        return;
    }
    if (count.fetch_add(1) >= surroundings_->limits.count_max) {
        count.fetch_sub(1);
        answers.push_back({std::move(change.done), {actor_errc::subscriptions_full}});
        return;
    }
    const auto created_at = now();
    Turn turn{Turn::Kind::create, {}, {std::move(change.done)}};
    turn.writes.push_back({DocumentKind::checkpoint, write_checkpoint(checkpoint)});
    turn.writes.push_back(
        {DocumentKind::subscription, write_subscription_document({settings, created_at})});
    turn.settings = std::make_shared<const SubscriptionSettings>(std::move(settings));
    turn.created_at = created_at;
    turn.checkpoint = checkpoint;
    turn_ = std::move(turn);
}

void SubscriptionWriter::begin_updating(Change change, Answers& answers) {
    auto& settings = *change.settings;
    const auto [current, checkpoint] = live_->view();
    if (settings.from && settings.from != current->from) {
        answers.push_back({std::move(change.done), {actor_errc::start_is_fixed, checkpoint}});
        return;
    }
    settings.from = current->from;
    if (settings == *current) {
        answers.push_back({std::move(change.done), {{}, checkpoint}});
        return;
    }
    Turn turn{Turn::Kind::update, {}, {std::move(change.done)}};
    turn.writes.push_back(
        {DocumentKind::subscription, write_subscription_document({settings, live_->created_at()})});
    turn.settings = std::make_shared<const SubscriptionSettings>(std::move(settings));
    turn_ = std::move(turn);
}

void SubscriptionWriter::finish(const error_code& error, Answers& answers) {
    auto& turn = *turn_;
    SubscriptionOutcome outcome{error};
    if (!error && turn.kind != Turn::Kind::acknowledge) {
        surroundings_->changes.fetch_add(1);
    }
    switch (turn.kind) {
        case Turn::Kind::create:
            if (error) {
                surroundings_->count.fetch_sub(1);
            } else {
                live_ = std::make_shared<Subscription>(name_, turn.created_at, turn.settings,
                                                       turn.checkpoint, surroundings_->stand_ins);
                outcome.created = true;
            }
            break;
        case Turn::Kind::update:
            if (!error) {
                live_->set(turn.settings);
            }
            break;
        case Turn::Kind::remove:
            if (!error) {
                live_.reset();
                surroundings_->count.fetch_sub(1);
            }
            break;
        case Turn::Kind::acknowledge:
            if (!error) {
                live_->move_to(turn.checkpoint);
                surroundings_->acknowledged.add(turn.dones.size());
            }
            break;
    }
    outcome.checkpoint = live_ ? live_->view().checkpoint : no_position;
    for (auto& done : turn.dones) {
        answers.push_back({std::move(done), outcome});
    }
}

}  // namespace firn

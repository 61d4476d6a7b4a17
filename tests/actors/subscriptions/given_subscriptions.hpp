// Subscriptions over a scripted store, without a service around them.
// Thread: the test's; answers may come on another one.
#pragma once

#include "actors/subscriptions/subscription_registry.hpp"
#include "tests/actors/printing.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>

namespace firn::test {

// What became of a change; it may still be under way.
class ChangeAnswer {
public:
    [[nodiscard]] SubscriptionRegistry::Done done() const {
        return [state = state_](SubscriptionOutcome outcome) {
            const std::lock_guard lock(state->mutex);
            BOOST_REQUIRE(!state->outcome);
            state->outcome = outcome;
        };
    }
    [[nodiscard]] bool has_come() const {
        const std::lock_guard lock(state_->mutex);
        return state_->outcome.has_value();
    }
    [[nodiscard]] SubscriptionOutcome outcome() const {
        BOOST_TEST_REQUIRE(has_come());
        const std::lock_guard lock(state_->mutex);
        return *state_->outcome;
    }
    [[nodiscard]] error_code error() const { return outcome().error; }
    [[nodiscard]] Position checkpoint() const { return outcome().checkpoint; }

private:
    struct State {
        std::mutex mutex;
        std::optional<SubscriptionOutcome> outcome;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

struct GivenSubscriptions {
    explicit GivenSubscriptions(SubscriptionLimits bounds = {}) : limits(bounds) { open(); }
    ~GivenSubscriptions() { close(); }

    // As a service that starts again on the same store.
    void open() {
        close();
        gate = std::make_unique<StoreGate>(std::make_unique<ScriptedStore>(script));
        registry = std::make_unique<SubscriptionRegistry>(*gate, limits);
    }
    void close() {
        if (gate) {
            gate->close();
        }
        registry.reset();
        gate.reset();
    }

    void append(const StreamName& stream, const std::vector<TestEvent>& events) {
        const std::vector group{transaction({appending(stream, events)})};
        BOOST_TEST(!script->memory().commit(group).front().error);
    }
    void erase(const StreamName& stream) {
        const std::vector group{transaction({deleting(stream)})};
        const auto outcome = script->memory().commit(group).front();
        BOOST_TEST_REQUIRE(!outcome.error);
        registry->stand_ins().add(outcome.streams.front().position);
    }

    [[nodiscard]] ChangeAnswer set(const std::string& name, std::string_view settings = "{}") {
        ChangeAnswer answer;
        registry->set(name, *parse_subscription_settings(settings), answer.done());
        return answer;
    }
    [[nodiscard]] ChangeAnswer remove(const std::string& name) {
        ChangeAnswer answer;
        registry->remove(name, answer.done());
        return answer;
    }
    [[nodiscard]] ChangeAnswer acknowledge(const std::string& name, std::uint64_t position) {
        ChangeAnswer answer;
        registry->acknowledge(name, Position{position}, answer.done());
        return answer;
    }
    void make(const std::string& name, std::string_view settings = "{}") {
        const auto outcome = set(name, settings).outcome();
        BOOST_TEST(!outcome.error, outcome.error.message());
        BOOST_TEST(outcome.created);
    }

    [[nodiscard]] std::shared_ptr<const Subscription> find(const std::string& name) const {
        auto found = registry->find(name);
        BOOST_REQUIRE(found);
        return found;
    }
    [[nodiscard]] Position checkpoint(const std::string& name) const {
        return find(name)->view().checkpoint;
    }
    [[nodiscard]] std::string settings(const std::string& name) const {
        return write_subscription_settings(*find(name)->view().settings);
    }
    // As it is in the store; empty: it is not.
    [[nodiscard]] std::string stored(DocumentKind kind, const std::string& name) const {
        return script->memory().documents().get(kind, name).value().value_or("");
    }
    [[nodiscard]] std::string names() const {
        std::string text;
        for (const auto& subscription : registry->list("", 1000)) {
            text += subscription->name() + ' ';
        }
        return text;
    }

    // Positions of the next page, looking on as long as it must: "3 4 ".
    [[nodiscard]] std::string next(const std::string& name, std::uint32_t limit = 100,
                                   std::uint32_t scan_max = 100'000) const {
        for (;;) {
            const auto page =
                find(name)->read(gate->store(), limit, FeedQuery{}.bytes_max, scan_max);
            BOOST_TEST_REQUIRE(page.has_value());
            if (page->must_look_on()) {
                continue;
            }
            std::string text;
            for (const auto& event : page->feed.events) {
                text += std::to_string(event.event.position.value()) + ' ';
            }
            return text;
        }
    }
    [[nodiscard]] SubscriptionLag lag(const std::string& name, std::uint64_t scan_max = 10'000,
                                      Timestamp at = now()) const {
        return find(name)->lag(gate->store(), scan_max, at).value();
    }

    const SubscriptionLimits limits;
    std::shared_ptr<StoreScript> script = std::make_shared<StoreScript>();
    std::unique_ptr<StoreGate> gate;
    std::unique_ptr<SubscriptionRegistry> registry;
};

// Positions 1 to 9, of one stream.
struct NineEvents : GivenSubscriptions {
    explicit NineEvents(SubscriptionLimits bounds = {}) : GivenSubscriptions(bounds) {
        append({"order", "7"}, numbered(9, "A"));
    }
    ScriptedDocuments& documents() { return script->documents(); }
    static constexpr auto checkpoint_kind = DocumentKind::checkpoint;
    static constexpr auto settings_kind = DocumentKind::subscription;
};

}  // namespace firn::test

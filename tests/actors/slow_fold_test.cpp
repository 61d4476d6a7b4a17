// Deciders that take long, and folds that the machine stops: nobody else suffers, nothing sticks.
#include "actors/deciders/interrupted.hpp"
#include "tests/actors/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <thread>

using namespace firn;
using namespace firn::test;

namespace {

// Counts events; the first fold of the fifth one finds no memory.
class ForgetfulEngine final : public DeciderEngine {
public:
    class State final : public FoldedState {
    public:
        State(const ForgetfulEngine& engine, std::uint64_t count)
            : engine_(engine), count_(count) {}
        Failure evolve(const EventView& event) override {
            if (event.version == Version{5} && !std::exchange(engine_.has_failed_, true)) {
                throw Interrupted("there is no memory");
            }
            ++count_;
            return nullptr;
        }
        Failure write_json(std::string& out) const override {
            out += std::to_string(count_);
            return nullptr;
        }
        std::size_t memory_bytes() const noexcept override { return sizeof(*this); }

    private:
        const ForgetfulEngine& engine_;
        std::uint64_t count_;
    };

    std::string_view kind() const noexcept override { return "native"; }
    std::unique_ptr<FoldedState> initial() const override {
        return std::make_unique<State>(*this, 0);
    }
    Restored restore(std::string_view json) const override {
        return std::unique_ptr<FoldedState>(
            std::make_unique<State>(*this, std::stoull(std::string(json))));
    }

private:
    mutable bool has_failed_ = false;
};

// Counts events, and takes 10 ms for each until it may hurry.
class LazyEngine final : public DeciderEngine {
public:
    class State final : public FoldedState {
    public:
        explicit State(const LazyEngine& engine) : engine_(engine) {}
        Failure evolve(const EventView&) override {
            if (!engine_.may_hurry()) {
                std::this_thread::sleep_for(std::chrono::milliseconds{10});
            }
            ++count_;
            return nullptr;
        }
        Failure write_json(std::string& out) const override {
            out += std::to_string(count_);
            return nullptr;
        }
        std::size_t memory_bytes() const noexcept override { return sizeof(*this); }

    private:
        const LazyEngine& engine_;
        std::uint64_t count_ = 0;
    };

    std::string_view kind() const noexcept override { return "native"; }
    std::unique_ptr<FoldedState> initial() const override { return std::make_unique<State>(*this); }
    Restored restore(std::string_view) const override { return failure("there are no snapshots"); }

    std::function<bool()> may_hurry = [] { return false; };
};

struct SlowFold : ServiceFixture {
    SlowFold() : ServiceFixture(ServiceConfig{}) {}
    // About a millisecond an event.
    void set_slow_decider() {
        CategorySettings settings;
        settings.decider = DeciderSpec{.kind = "lua",
                                       .source =
                                           "initial = {n = 0}\n"
                                           "function evolve(state, event)\n"
                                           "  for i = 1, 100000 do end\n"
                                           "  state.n = state.n + 1\n"
                                           "  return state\n"
                                           "end",
                                       .name = {}};
        BOOST_REQUIRE(!run(service->set_category(name.category, settings)).error);
    }
    void append_many(std::size_t count) {
        BOOST_REQUIRE(!append(std::vector<TestEvent>(count)).error);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_decider_that_takes_long, SlowFold)

BOOST_AUTO_TEST_CASE(when_a_long_stream_is_folded_then_another_one_is_served_in_between) {
    constexpr std::size_t count = 200;
    const auto engine = std::make_shared<LazyEngine>();
    service->register_decider(name.category, engine, 1);
    append_many(count);
    Pending<StateResult> slow(io, service->state(name, std::nullopt));
    Pending<AppendOutcome> quick(
        io, service->append({{"other", "1"}, Expected::any(), encode({TestEvent{}})}));
    engine->may_hurry = [&quick] { return quick.done(); };
    io.restart();
    BOOST_TEST(!quick.get().error);
    BOOST_TEST(!slow.done());
    const auto state = slow.get();
    BOOST_REQUIRE(state);
    BOOST_TEST(*state->json == std::to_string(count));
}

BOOST_AUTO_TEST_CASE(when_committed_events_take_long_to_fold_then_none_is_left_out) {
    set_slow_decider();
    append_many(1);
    BOOST_TEST(state_text() == R"({"n":1})");
    append_many(60);
    append_many(39);
    BOOST_TEST(state_text() == R"({"n":100})");
}

BOOST_AUTO_TEST_CASE(when_advice_is_asked_for_then_it_takes_a_few_events_only) {
    set_slow_decider();
    append_many(1'500);
    const auto advice = service->advise(name.category);
    BOOST_TEST(advice.measured.events_folded > 0u);
    BOOST_TEST(advice.measured.events_folded < 1'500u);
}

BOOST_AUTO_TEST_CASE(when_the_machine_stops_a_fold_then_the_next_one_starts_anew) {
    service->register_decider(name.category, std::make_shared<const ForgetfulEngine>(), 1);
    append_many(9);
    const auto stopped = state();
    BOOST_REQUIRE(!stopped);
    BOOST_TEST(stopped.error().error == actor_errc::fold_failed);
    BOOST_REQUIRE(stopped.error().fold);
    BOOST_TEST(stopped.error().fold->version == Version{5});
    BOOST_TEST(stopped.error().fold->reason == "there is no memory");
    BOOST_TEST(state_text() == "9");
}

BOOST_AUTO_TEST_SUITE_END()

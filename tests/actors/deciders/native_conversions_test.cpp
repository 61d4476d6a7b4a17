// C++ deciders at the edges: code that throws, conversions of one's own, states that are no JSON.
#include "tests/actors/deciders/native_folding.hpp"
#include "tests/support/random.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

using test::contains;
using test::NativeFolding;

namespace {

// One event struct, one command struct, nothing described by hand; all that is optional.
struct Gauge {
    struct State {
        double level = 0;
        std::map<std::string, std::vector<std::int64_t>> readings;
        std::optional<std::string> note;
        [[nodiscard]] std::size_t memory_bytes() const { return 12'345; }
    };
    struct Event {
        static constexpr std::string_view type = "Measured";
        double level = 0;
        std::string sensor;
        std::int64_t raw = 0;
        std::optional<std::string> note;
    };
    struct Command {
        static constexpr std::string_view type = "Measure";
        double level = 0;
    };
    static constexpr std::uint32_t revision = 3;

    static State initial() { return {}; }
    static State evolve(State state, const Event& event) {
        if (event.sensor == "broken") {
            throw std::runtime_error("the sensor is broken");
        }
        if (event.sensor == "odd") {
            throw 7;
        }
        state.level = event.level;
        state.readings[event.sensor].push_back(event.raw);
        state.note = event.note;
        return state;
    }
    static std::vector<Event> decide(const State& state, const Command& command) {
        if (command.level < 0) {
            throw Rejected("a level is not negative");
        }
        if (command.level > 1e6) {
            throw std::logic_error("nobody thought of such a level");
        }
        if (command.level == state.level) {
            return {};
        }
        return {{command.level / (command.level - 13), "s", 1, std::nullopt},
                {command.level, "s", 2, "settled"}};
    }
    static State migrate(boost::json::value old, std::uint32_t from_revision) {
        if (from_revision == 1) {
            throw std::runtime_error("revision 1 is too old");
        }
        State state;
        state.level = old.at("height").to_number<double>();
        return state;
    }
};
BOOST_DESCRIBE_STRUCT(Gauge::State, (), (level, readings, note))
BOOST_DESCRIBE_STRUCT(Gauge::Event, (), (level, sensor, raw, note))
BOOST_DESCRIBE_STRUCT(Gauge::Command, (), (level))

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_gauge_whose_code_throws, NativeFolding<Gauge>)

BOOST_AUTO_TEST_CASE(when_evolve_throws_then_the_reason_is_what_it_said) {
    apply("Measured", R"({"level":1,"sensor":"a","raw":5,"note":null})");
    BOOST_TEST(refused("Measured", R"({"level":1,"sensor":"broken","raw":5,"note":null})") ==
               "evolve failed: the sensor is broken");
    BOOST_TEST(contains(refused("Measured", R"({"level":1,"sensor":"odd","raw":5,"note":null})"),
                        "no std::exception"));
}

BOOST_AUTO_TEST_CASE(when_decide_throws_then_only_a_rejected_is_a_rejection) {
    const auto rejected = decide("Measure", R"({"level":-1})");
    BOOST_CHECK(rejected.kind == Decision::Kind::rejected);
    BOOST_TEST(rejected.reason == "a level is not negative");
    const auto failed = decide_native(Gauge::Command{1e7});
    BOOST_CHECK(failed.kind == Decision::Kind::failed);
    BOOST_TEST(failed.reason == "nobody thought of such a level");
    BOOST_TEST(!failed.native_rejection.has_value());
}

BOOST_AUTO_TEST_CASE(when_it_decides_nothing_then_that_is_accepted) {
    const auto decision = decide("Measure", R"({"level":0})");
    BOOST_CHECK(decision.kind == Decision::Kind::accepted);
    BOOST_TEST(decision.events.empty());
}

BOOST_AUTO_TEST_CASE(when_it_decides_several_events_then_their_order_is_kept) {
    const auto decision = decide("Measure", R"({"level":26})");
    BOOST_REQUIRE(decision.events.size() == 2u);
    BOOST_TEST(decision.events[0].data == R"({"level":2.0,"sensor":"s","raw":1,"note":null})");
    BOOST_TEST(decision.events[1].data ==
               R"({"level":26.0,"sensor":"s","raw":2,"note":"settled"})");
}

BOOST_AUTO_TEST_CASE(when_what_it_decided_is_not_json_then_the_decision_failed) {
    const auto decision = decide("Measure", R"({"level":13})");  // divides by zero
    BOOST_CHECK(decision.kind == Decision::Kind::failed);
    BOOST_TEST(decision.events.empty());
    BOOST_TEST(contains(decision.reason, "\"Measured\" is not JSON"));
    BOOST_TEST(contains(decision.reason, "not finite"));
}

BOOST_AUTO_TEST_CASE(when_integers_come_for_doubles_then_they_are_taken) {
    apply("Measured", R"({"level":3,"sensor":"a","raw":5.0,"note":null})");
    BOOST_TEST(text() == R"({"level":3.0,"readings":{"a":[5]},"note":null})");
}

BOOST_AUTO_TEST_CASE(when_a_state_is_of_another_revision_then_migrate_makes_it_ones_own) {
    BOOST_TEST(revision_of<Gauge>() == 3u);
    BOOST_TEST(engine->has_migrate());
    auto migrated = engine->migrate(R"({"height":2.5})", 2);
    BOOST_REQUIRE(migrated.has_value());
    state = std::move(*migrated);
    BOOST_TEST(text() == R"({"level":2.5,"readings":{},"note":null})");
    BOOST_TEST(contains(*engine->migrate(R"({"height":2.5})", 1).error(), "too old"));
    BOOST_TEST(contains(*engine->migrate(R"({"h":2.5})", 2).error(), "migrate failed"));
    BOOST_TEST(contains(*engine->migrate("{", 2).error(), "not JSON"));
}

BOOST_AUTO_TEST_CASE(when_the_state_tells_its_size_then_that_counts) {
    BOOST_TEST(state->memory_bytes() > 12'345u);
    BOOST_TEST(state->memory_bytes() < 12'345u + 500u);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

// Conversions of its own, messages without members, no commands.
struct Door {
    struct State {
        bool open = false;
    };
    struct Opened {
        static constexpr std::string_view type = "Opened";
    };
    struct Closed {
        static constexpr std::string_view type = "Closed";
    };
    struct Painted {
        static constexpr std::string_view type = "Painted";
        std::string colour;
    };
    using Event = std::variant<Opened, Closed, Painted>;
    static State initial() { return {}; }
    static State evolve(State state, const Event& event) {
        state.open = std::holds_alternative<Opened>(event) ||
                     (state.open && !std::holds_alternative<Closed>(event));
        return state;
    }
};
void tag_invoke(boost::json::value_from_tag, boost::json::value& json, const Door::State& state) {
    json = state.open ? "open" : "closed";
}
Door::State tag_invoke(boost::json::value_to_tag<Door::State>, const boost::json::value& json) {
    if (json != "open" && json != "closed") {
        throw std::invalid_argument("a door is open or closed");
    }
    return {json == "open"};
}
void tag_invoke(boost::json::value_from_tag, boost::json::value& json, const Door::Painted& event) {
    json = boost::json::object{{"colour", event.colour}};
}
boost::system::result<Door::Painted> tag_invoke(boost::json::try_value_to_tag<Door::Painted>,
                                                const boost::json::value& json) {
    const auto* const object = json.if_object();
    const auto* const colour = object != nullptr ? object->if_contains("colour") : nullptr;
    if (colour == nullptr || !colour->is_string()) {
        return make_error_code(boost::json::error::not_string);
    }
    return Door::Painted{std::string(colour->get_string())};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_door_without_commands, NativeFolding<Door>)

BOOST_AUTO_TEST_CASE(when_messages_have_no_members_then_their_data_are_an_empty_object) {
    apply("Opened", "{}");
    BOOST_TEST(text() == "\"open\"");
    apply("Painted", R"({"colour":"green"})");
    BOOST_TEST(text() == "\"open\"");
    apply("Closed", " {} ");
    BOOST_TEST(text() == "\"closed\"");
    BOOST_TEST(contains(refused("Opened", R"({"wide":true})"), "an empty object is expected"));
    BOOST_TEST(contains(refused("Opened", "null"), "an empty object is expected"));
}

BOOST_AUTO_TEST_CASE(when_its_own_conversions_refuse_then_the_reason_is_theirs) {
    BOOST_TEST(contains(not_restored("\"ajar\""), "a door is open or closed"));
    BOOST_TEST(contains(refused("Painted", R"({"colour":7})"), "the data are no \"Painted\""));
}

BOOST_AUTO_TEST_CASE(when_a_command_is_sent_then_it_has_no_decide) {
    BOOST_TEST(!engine->has_decide());
    BOOST_CHECK(decide("Open").kind == Decision::Kind::no_decide);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

// States with what has no JSON text.
struct Anything {
    struct State {
        std::string text;
        double number = 0;
        friend bool operator==(const State&, const State&) = default;
    };
    struct Event {
        static constexpr std::string_view type = "Set";
        std::string text;
        double number = 0;
    };
    static State initial() { return {}; }
    static State evolve(State state, const Event& event) {
        if (event.text == "not UTF-8") {
            state.text = "\xff";
        } else if (event.text == "infinite") {
            state.number = std::numeric_limits<double>::infinity();
        } else if (event.text == "nan") {
            state.number = std::numeric_limits<double>::quiet_NaN();
        } else {
            state = {event.text, event.number};
        }
        return state;
    }
};
BOOST_DESCRIBE_STRUCT(Anything::State, (), (text, number))
BOOST_DESCRIBE_STRUCT(Anything::Event, (), (text, number))

// A tree deeper than JSON may be.
struct Nesting {
    using State = boost::json::value;
    struct Event {
        static constexpr std::string_view type = "Wrapped";
    };
    static State initial() { return boost::json::array{}; }
    static State evolve(State state, const Event&) { return boost::json::array{std::move(state)}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_states_that_are_no_json)

BOOST_FIXTURE_TEST_CASE(when_they_are_written_then_the_reason_says_why, NativeFolding<Anything>) {
    const auto unwritten = [this](std::string_view text) {
        state = engine->initial();
        apply("Set", "{\"text\":\"" + std::string(text) + "\",\"number\":0}");
        return why_not_written();
    };
    BOOST_TEST(contains(unwritten("not UTF-8"), "not UTF-8"));
    BOOST_TEST(contains(unwritten("infinite"), "not finite"));
    BOOST_TEST(contains(unwritten("nan"), "not finite"));
}

BOOST_FIXTURE_TEST_CASE(when_they_are_too_deep_then_the_reason_says_so, NativeFolding<Nesting>) {
    for (int levels = 1; levels < 64; ++levels) {
        apply("Wrapped", "{}");
    }
    restore(text());
    apply("Wrapped", "{}");
    BOOST_TEST(contains(why_not_written(), "deeper than 64"));
}

BOOST_FIXTURE_TEST_CASE(when_doubles_are_random_then_they_come_back_exactly,
                        NativeFolding<Anything>) {
    auto random = test::Random::announced("doubles in a typed state");
    for (int i = 0; i < 2000; ++i) {
        const auto bits = random.next();
        double number = 0;
        std::memcpy(&number, &bits, sizeof(number));
        if (!std::isfinite(number)) {
            continue;
        }
        std::string data;
        write_json(data, boost::json::object{{"text", ""}, {"number", number}});
        apply("Set", data);
        const auto written = text();
        restore(written);
        BOOST_REQUIRE_EQUAL(text(), written);
        BOOST_REQUIRE_EQUAL(parse_json(written)->at("number").as_double(), number);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

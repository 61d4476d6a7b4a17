// Deciders in C++ behind the engine seam: typed states, events and commands, and what happens to
// those that do not convert.
#include "actors/deciders/native.hpp"

#include "actors/json/canonical.hpp"
#include "tests/support/account.hpp"
#include "tests/support/file_history.hpp"
#include "tests/support/random.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

using test::Account;
using test::FileHistory;

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

template <class D>
struct Folding {
    std::shared_ptr<const DeciderEngine> engine = make_native_engine<D>();
    std::unique_ptr<FoldedState> state = engine->initial();

    Failure evolve(std::string_view type, std::string_view data = "{}") {
        EventView event;
        event.version = Version{1};
        event.type = type;
        event.data = data;
        return state->evolve(event);
    }
    void apply(std::string_view type, std::string_view data = "{}") {
        const auto reason = evolve(type, data);
        BOOST_REQUIRE_MESSAGE(!reason, type << data << ": " << (reason ? *reason : ""));
    }
    std::string refused(std::string_view type, std::string_view data) {
        const auto reason = evolve(type, data);
        BOOST_REQUIRE_MESSAGE(reason, type << data << " was taken");
        return *reason;
    }
    Decision decide(std::string type, std::string data = "{}") {
        return state->decide({.type = std::move(type), .data = std::move(data)});
    }
    Decision decide_native(std::any command) {
        return state->decide(
            {.type = {}, .data = {}, .metadata = {}, .native = std::move(command)});
    }
    [[nodiscard]] std::string text() const {
        std::string out;
        BOOST_REQUIRE(!state->write_json(out));
        return out;
    }
    void restore(std::string_view json) {
        auto restored = engine->restore(json);
        BOOST_REQUIRE_MESSAGE(restored.has_value(), json);
        state = std::move(*restored);
    }
    [[nodiscard]] std::string not_restored(std::string_view json) const {
        const auto restored = engine->restore(json);
        BOOST_REQUIRE_MESSAGE(!restored.has_value(), json);
        return *restored.error();
    }
};

bool contains(const std::string& text, std::string_view part) {
    if (text.find(part) == std::string::npos) {
        BOOST_TEST_MESSAGE("\"" << text << "\" lacks \"" << part << "\"");
        return false;
    }
    return true;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_an_account, Folding<Account>)

BOOST_AUTO_TEST_CASE(when_nothing_happened_then_its_state_is_the_initial_one) {
    BOOST_TEST(engine->kind() == "native");
    BOOST_TEST(engine->has_decide());
    BOOST_TEST(!engine->has_migrate());
    BOOST_TEST(revision_of<Account>() == 1u);
    BOOST_TEST(text() == R"({"owner":"","balance":0,"open":false})");
}

BOOST_AUTO_TEST_CASE(when_events_come_then_they_are_folded_by_type) {
    apply("Opened", R"({"owner":"ann"})");
    apply("Deposited", R"({"amount":100})");
    apply("Withdrawn", R"( { "amount" : 30 } )");
    apply("Deposited", R"({"amount":9223372036854775737})");
    BOOST_TEST(text() == R"({"owner":"ann","balance":9223372036854775807,"open":true})");
}

BOOST_AUTO_TEST_CASE(when_an_event_is_of_an_unknown_type_then_the_reason_names_the_known_ones) {
    const auto reason = refused("Closed", "{}");
    BOOST_TEST(contains(reason, "unknown event type \"Closed\""));
    BOOST_TEST(contains(reason, "\"Opened\", \"Deposited\" and \"Withdrawn\""));
    BOOST_TEST(contains(refused("deposited", R"({"amount":1})"), "unknown event type"));
}

BOOST_AUTO_TEST_CASE(when_an_events_data_do_not_convert_then_the_reason_names_the_member) {
    BOOST_TEST(contains(refused("Deposited", R"({})"), "the member \"amount\" is missing"));
    BOOST_TEST(contains(refused("Deposited", R"({"amount":1,"currency":"EUR"})"),
                        "there is no member \"currency\""));
    BOOST_TEST(contains(refused("Deposited", R"({"amount":"1"})"), "(at \"/amount\")"));
    BOOST_TEST(contains(refused("Deposited", R"({"amount":1.5})"), "(at \"/amount\")"));
    BOOST_TEST(
        contains(refused("Deposited", R"({"amount":9223372036854775808})"), "(at \"/amount\")"));
    BOOST_TEST(contains(refused("Deposited", "[1]"), "an object is expected"));
    BOOST_TEST(contains(refused("Deposited", "{\"amount\":"), "the data are no \"Deposited\""));
    BOOST_TEST(contains(refused("Opened", "{\"owner\":\"\xff\"}"), "the data are no \"Opened\""));
    // Where a library was compiled is nobody's business.
    BOOST_TEST(!contains(refused("Deposited", R"({"amount":"1"})"), ".hpp"));
}

BOOST_AUTO_TEST_CASE(when_a_command_comes_as_json_then_its_events_are_json) {
    const auto opened = decide("Open", R"({"owner":"ann"})");
    BOOST_CHECK(opened.kind == Decision::Kind::accepted);
    BOOST_REQUIRE(opened.events.size() == 1u);
    BOOST_TEST(opened.events[0].type == "Opened");
    BOOST_TEST(opened.events[0].data == R"({"owner":"ann"})");
    BOOST_TEST(opened.events[0].metadata == "{}");
    BOOST_TEST(text() == R"({"owner":"","balance":0,"open":false})");
}

BOOST_AUTO_TEST_CASE(when_a_command_is_an_object_then_it_needs_no_text) {
    apply("Opened", R"({"owner":"ann"})");
    const auto decision = decide_native(Account::Command(Account::Deposit{50}));
    BOOST_CHECK(decision.kind == Decision::Kind::accepted);
    BOOST_REQUIRE(decision.events.size() == 1u);
    BOOST_TEST(decision.events[0].type == "Deposited");
    BOOST_TEST(decision.events[0].data == R"({"amount":50})");
}

BOOST_AUTO_TEST_CASE(when_a_command_is_refused_then_the_rejection_travels_typed_and_as_text) {
    apply("Opened", R"({"owner":"ann"})");
    apply("Deposited", R"({"amount":10})");
    const auto native = decide_native(Account::Command(Account::Withdraw{50}));
    BOOST_CHECK(native.kind == Decision::Kind::rejected);
    BOOST_TEST(native.reason == R"({"why":"overdrawn","balance":10})");
    const auto* const rejection = std::any_cast<Account::Rejection>(&native.native_rejection);
    BOOST_REQUIRE(rejection);
    BOOST_CHECK(*rejection == (Account::Rejection{Account::Why::overdrawn, 10}));

    const auto json = decide("Withdraw", R"({"amount":50})");
    BOOST_CHECK(json.kind == Decision::Kind::rejected);
    BOOST_TEST(json.reason == native.reason);
    BOOST_TEST(!json.native_rejection.has_value());
}

BOOST_AUTO_TEST_CASE(when_a_command_is_not_understood_then_it_is_rejected_with_the_reason) {
    const auto unknown = decide("Close");
    BOOST_CHECK(unknown.kind == Decision::Kind::rejected);
    BOOST_TEST(contains(unknown.reason, "unknown command type \"Close\""));
    BOOST_TEST(contains(unknown.reason, "\"Open\", \"Deposit\" and \"Withdraw\""));
    const auto bad = decide("Deposit", R"({"amount":"much"})");
    BOOST_CHECK(bad.kind == Decision::Kind::rejected);
    BOOST_TEST(contains(bad.reason, "the data are no \"Deposit\""));
    BOOST_TEST(contains(bad.reason, "/amount"));
}

BOOST_AUTO_TEST_CASE(when_the_command_object_is_of_another_decider_then_it_cannot_be_decided) {
    const auto decision = decide_native(Gauge::Command{1});
    BOOST_CHECK(decision.kind == Decision::Kind::failed);
    BOOST_TEST(contains(decision.reason, "Command type"));
}

BOOST_AUTO_TEST_CASE(when_the_state_is_written_and_restored_then_it_is_the_same) {
    apply("Opened", R"({"owner":"änn \"a\" \u0001"})");
    apply("Deposited", R"({"amount":9007199254740993})");
    const auto before = text();
    restore(before);
    BOOST_TEST(text() == before);
    apply("Withdrawn", R"({"amount":1})");
    BOOST_TEST(contains(text(), "9007199254740992"));
}

BOOST_AUTO_TEST_CASE(when_a_stored_state_does_not_convert_then_the_reason_says_where) {
    BOOST_TEST(contains(not_restored("{"), "not JSON"));
    BOOST_TEST(contains(not_restored("{}"), "the member \"owner\" is missing"));
    BOOST_TEST(contains(not_restored(R"({"owner":"","balance":"0","open":false})"), "/balance"));
}

BOOST_AUTO_TEST_CASE(when_it_has_no_migrate_then_it_says_so) {
    BOOST_TEST(contains(*engine->migrate("{}", 1).error(), "no migrate"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_gauge_whose_code_throws, Folding<Gauge>)

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

BOOST_FIXTURE_TEST_SUITE(given_a_door_without_commands, Folding<Door>)

BOOST_AUTO_TEST_CASE(when_messages_have_no_members_then_their_data_are_an_empty_object) {
    apply("Opened");
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

BOOST_FIXTURE_TEST_CASE(when_they_are_written_then_the_reason_says_why, Folding<Anything>) {
    const auto unwritten = [this](std::string_view text) {
        state = engine->initial();
        apply("Set", "{\"text\":\"" + std::string(text) + "\",\"number\":0}");
        std::string out;
        const auto reason = state->write_json(out);
        BOOST_REQUIRE(reason);
        return *reason;
    };
    BOOST_TEST(contains(unwritten("not UTF-8"), "not UTF-8"));
    BOOST_TEST(contains(unwritten("infinite"), "not finite"));
    BOOST_TEST(contains(unwritten("nan"), "not finite"));
}

BOOST_FIXTURE_TEST_CASE(when_they_are_too_deep_then_the_reason_says_so, Folding<Nesting>) {
    for (int levels = 1; levels < 64; ++levels) {
        apply("Wrapped");
    }
    restore(text());
    apply("Wrapped");
    std::string out;
    const auto reason = state->write_json(out);
    BOOST_REQUIRE(reason);
    BOOST_TEST(contains(*reason, "deeper than 64"));
}

BOOST_FIXTURE_TEST_CASE(when_doubles_are_random_then_they_come_back_exactly, Folding<Anything>) {
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

namespace {

std::string change(std::string_view commit, std::string_view author, std::string_view counts) {
    return "{\"commit\":\"" + std::string(commit) + "\",\"at\":\"2004-06-13T13:18:32+00:00\"," +
           "\"author\":\"" + std::string(author) + "\"" + std::string(counts) + "}";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_file_history, Folding<FileHistory>)

BOOST_AUTO_TEST_CASE(when_lines_and_bytes_change_then_they_add_up) {
    apply("LinesChanged", change("c1", "bram", R"(,"added":10,"deleted":0)"));
    apply("LinesChanged", change("c2", "ann", R"(,"added":5,"deleted":7)"));
    apply("BinaryChanged", change("c3", "bram", ""));
    BOOST_TEST(
        text() ==
        R"({"changes":3,"added":15,"deleted":7,"lines":8,"authors":["ann","bram"],"last_commit":"c3"})");
    BOOST_TEST(!engine->has_decide());
}

BOOST_AUTO_TEST_CASE(when_random_changes_are_folded_over_snapshots_then_a_plain_count_agrees) {
    auto random = test::Random::announced("file histories");
    for (int run = 0; run < 20; ++run) {
        state = engine->initial();
        FileHistory::State expected;
        for (int i = 0; i < 100; ++i) {
            const auto author = "author-" + std::to_string(random.below(20));
            const auto commit = std::to_string(random.next());
            const auto added = static_cast<std::int64_t>(random.below(100));
            const auto deleted = static_cast<std::int64_t>(random.below(100));
            ++expected.changes;
            expected.authors.insert(author);
            expected.last_commit = commit;
            if (random.percent(20)) {
                apply("BinaryChanged", change(commit, author, ""));
            } else {
                apply("LinesChanged", change(commit, author,
                                             ",\"added\":" + std::to_string(added) +
                                                 ",\"deleted\":" + std::to_string(deleted)));
                expected.added += added;
                expected.deleted += deleted;
                expected.lines += added - deleted;
            }
            if (random.percent(10)) {
                restore(text());
            }
        }
        const auto folded = to_typed<FileHistory::State>(*parse_json(text()));
        BOOST_REQUIRE(folded);
        BOOST_CHECK(*folded == expected);
    }
}

BOOST_AUTO_TEST_CASE(when_a_state_grows_then_its_size_is_known_about) {
    const auto small = state->memory_bytes();
    BOOST_TEST(small < 2000u);
    std::size_t held = 0;
    for (int i = 0; i < 2000; ++i) {
        const auto author = std::to_string(i) + std::string(60, 'x');
        held += sizeof(std::string) + author.size();
        apply("BinaryChanged", change("c", author, ""));
        BOOST_REQUIRE(2 * state->memory_bytes() + 2000 > held);
        BOOST_REQUIRE(state->memory_bytes() < 2 * held + 2000);
    }
    // Events that leave the state as it is do not count for long.
    for (int i = 0; i < 5000; ++i) {
        apply("BinaryChanged", change("c", "1" + std::string(60, 'x'), ""));
        BOOST_REQUIRE(state->memory_bytes() < 2 * held + 2000);
    }
    restore(R"({"changes":0,"added":0,"deleted":0,"lines":0,"authors":[],"last_commit":""})");
    BOOST_TEST(state->memory_bytes() == small);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct Worded {
    explicit operator std::string() const { return "in its own words"; }
};
struct Opaque {};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_typed_rejections)

BOOST_AUTO_TEST_CASE(when_they_are_told_to_clients_then_each_has_the_best_words_it_can) {
    BOOST_TEST(rejection_reason(std::string("no")) == "no");
    BOOST_TEST(rejection_reason(std::string_view("no")) == "no");
    BOOST_TEST(rejection_reason(Worded{}) == "in its own words");
    BOOST_TEST(rejection_reason(Account::Why::overdrawn) == "overdrawn");
    BOOST_TEST(rejection_reason(Account::Rejection{Account::Why::not_open, 1}) ==
               R"({"why":"not_open","balance":1})");
    BOOST_TEST(rejection_reason(make_error_code(boost::system::errc::timed_out)) ==
               make_error_code(boost::system::errc::timed_out).message());
    BOOST_TEST(rejection_reason(Opaque{}) == "the command was rejected");
    BOOST_TEST(rejection_reason(std::numeric_limits<double>::infinity()) ==
               "the command was rejected");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

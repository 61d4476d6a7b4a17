// merge_patch against RFC 7396's own examples and against a naive model.
#include "actors/deciders/merge_patch.hpp"

#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "tests/support/random.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

namespace json = boost::json;

namespace {

struct Folding {
    std::shared_ptr<const DeciderEngine> engine = make_merge_patch_engine();
    std::unique_ptr<FoldedState> state = engine->initial();
    Version version;

    Failure evolve(std::string_view data) {
        version = version.next();
        EventView event;
        event.version = version;
        event.data = data;
        return state->evolve(event);
    }
    void apply(std::string_view data) {
        const auto failure = evolve(data);
        BOOST_REQUIRE_MESSAGE(!failure, data << ": " << (failure ? *failure : ""));
    }
    [[nodiscard]] std::string text() const {
        std::string out;
        BOOST_REQUIRE(!state->write_json(out));
        return out;
    }
};

json::value parsed(std::string_view text) {
    auto value = parse_json(text);
    BOOST_REQUIRE_MESSAGE(value, text);
    return std::move(*value);
}

// RFC 7396, section 2, word for word: on trees, without a thought for speed.
json::value merge_patch_model(json::value target, const json::value& patch) {
    if (!patch.is_object()) {
        return patch;
    }
    if (!target.is_object()) {
        target = json::object{};
    }
    for (const auto& [name, value] : patch.get_object()) {
        if (value.is_null()) {
            target.get_object().erase(name);
        } else {
            target.get_object()[name] =
                merge_patch_model(std::move(target.get_object()[name]), value);
        }
    }
    return target;
}

json::value random_patch(test::Random& random, int depth) {
    switch (random.below(depth > 0 ? 9 : 4)) {
        case 0:
        case 1: return nullptr;
        case 2: return static_cast<std::int64_t>(random.below(1000));
        case 3: return json::value(std::string(random.below(40), 'x'));
        case 4: {
            json::array array;
            for (auto n = random.below(4); n > 0; --n) {
                array.push_back(random_patch(random, depth - 1));
            }
            return array;
        }
        default: {
            json::object object;
            // Enough names that objects grow past the size at which they are hashed.
            for (auto n = random.below(12); n > 0; --n) {
                object["m" + std::to_string(random.below(60))] = random_patch(random, depth - 1);
            }
            return object;
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_the_examples_of_rfc_7396_appendix_a)

BOOST_AUTO_TEST_CASE(when_each_patch_is_applied_then_the_result_is_the_stated_one) {
    struct Example {
        std::string_view original, patch, result;
    };
    constexpr Example examples[] = {
        {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
        {R"({"a":"b"})", R"({"a":null})", R"({})"},
        {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
        {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
        {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
        {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
        {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
        {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
        {R"({"a":"foo"})", R"(null)", R"(null)"},
        {R"({"a":"foo"})", R"("bar")", R"("bar")"},
        {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
        {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
        {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
    };
    for (const auto& example : examples) {
        const auto original = parsed(example.original);
        BOOST_TEST(merge_patch_model(original, parsed(example.patch)) == parsed(example.result));
        // An event cannot leave a null member, so the one original with it is left to the model.
        if (example.original == R"({"e":null})") {
            continue;
        }
        Folding folding;
        folding.apply(example.original);
        folding.apply(example.patch);
        BOOST_TEST(parsed(folding.text()) == parsed(example.result), example.patch);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_an_initial_state, Folding)

BOOST_AUTO_TEST_CASE(when_nothing_happened_then_it_is_an_empty_object_and_small) {
    BOOST_TEST(text() == "{}");
    BOOST_TEST(engine->kind() == "merge_patch");
    BOOST_TEST(state->memory_bytes() < 200u);
}

BOOST_AUTO_TEST_CASE(when_the_patch_is_no_object_then_it_replaces_the_state) {
    apply("[1,{\"a\":null}]");
    BOOST_TEST(text() == "[1,{\"a\":null}]");
    apply("7");
    BOOST_TEST(text() == "7");
    apply("{\"a\":1}");
    BOOST_TEST(text() == "{\"a\":1}");
    apply("null");
    BOOST_TEST(text() == "null");
    apply("\"text\"");
    apply("{}");
    BOOST_TEST(text() == "{}");
}

BOOST_AUTO_TEST_CASE(when_numbers_are_folded_then_they_stay_exact) {
    apply(R"({"a":18446744073709551615,"b":-9223372036854775808,"c":0.1,"d":1.0,"e":-0.0})");
    BOOST_TEST(text() ==
               R"({"a":18446744073709551615,"b":-9223372036854775808,"c":0.1,"d":1.0,"e":-0.0})");
}

BOOST_AUTO_TEST_CASE(when_the_event_is_gone_then_the_state_lives_on) {
    auto data = std::make_unique<std::string>(
        R"({"\u0061 name":"a string that is too long for any buffer","list":["another long string, here"]})");
    apply(*data);
    std::fill(data->begin(), data->end(), '#');
    data.reset();
    BOOST_TEST(
        text() ==
        R"({"a name":"a string that is too long for any buffer","list":["another long string, here"]})");
}

BOOST_AUTO_TEST_CASE(when_strings_and_containers_come_and_go_then_memory_follows) {
    const auto small = state->memory_bytes();
    apply("{\"big\":\"" + std::string(100'000, 'x') + "\",\"list\":[1,2,3]}");
    BOOST_TEST(state->memory_bytes() > 100'000u);
    BOOST_TEST(state->memory_bytes() < 110'000u);
    apply("{\"big\":null}");
    BOOST_TEST(state->memory_bytes() < small + 1000);
    apply("0");
    BOOST_TEST(state->memory_bytes() <= small);
}

BOOST_AUTO_TEST_CASE(when_stored_bytes_are_no_json_then_the_failure_names_place_and_reason) {
    apply("{\"a\":1}");
    for (const std::string_view damaged :
         {std::string_view{}, std::string_view{"{"}, std::string_view{"{\"a\":{\"b\":nul}}"},
          std::string_view{"{\"a\":1} x"}, std::string_view{"{\"a\":1,\"a\":2}"},
          std::string_view{"[1e999]"}, std::string_view{"\xff\x00\x01", 3},
          std::string_view{"{\"a\":99999999999999999999}"}}) {
        Folding folding;
        const auto failure = folding.evolve(damaged);
        BOOST_REQUIRE(failure);
        BOOST_TEST(!failure->empty());
    }
    const auto failure = evolve("{\"a\":{\"b\":nul}}");

    BOOST_TEST(failure->find("/a/b") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_patches_are_as_deep_as_data_may_be_then_the_state_is_no_deeper) {
    const auto nested = [](std::size_t levels, const std::string& inside) {
        std::string text = inside;
        for (std::size_t i = 0; i < levels; ++i) {
            text = "{\"a\":" + text + "}";
        }
        return text;
    };
    apply(nested(64, "1"));
    apply(nested(63, "[2]"));
    apply(nested(40, nested(24, "3")));
    BOOST_TEST(parse_json(text()).has_value());
    BOOST_CHECK(evolve(nested(65, "1")));
    Folding other;
    BOOST_CHECK(other.evolve(nested(64, "[2]")));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_random_patches)

BOOST_AUTO_TEST_CASE(when_they_are_folded_then_the_state_is_the_naive_models) {
    auto random = test::Random::announced("merge patches");
    for (int run = 0; run < 60; ++run) {
        Folding folding;
        json::value model = json::object{};
        for (int i = 0; i < 60; ++i) {
            auto patch = random_patch(random, 4);
            // Mostly objects, as events are.
            if (!patch.is_object() && random.percent(90)) {
                patch = json::object{{"m" + std::to_string(random.below(60)), patch}};
            }
            std::string data;
            write_json(data, patch);
            folding.apply(data);
            model = merge_patch_model(std::move(model), patch);
            BOOST_REQUIRE_MESSAGE(parsed(folding.text()) == model, data);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_state_is_loaded_from_its_text_halfway_then_the_end_is_the_same) {
    auto random = test::Random::announced("merge patches over a snapshot");
    for (int run = 0; run < 40; ++run) {
        Folding whole;
        Folding resumed;
        for (int i = 0; i < 40; ++i) {
            std::string data;
            write_json(data, json::object{
                                 {"m" + std::to_string(random.below(8)), random_patch(random, 3)}});
            whole.apply(data);
            if (i == 20) {
                // Arrays keep nulls, members cannot be null: the text is its own patch.
                const auto snapshot = whole.text();
                if (snapshot.find(":null") != std::string::npos) {
                    break;
                }
                resumed.apply(snapshot);
            } else if (i > 20) {
                resumed.apply(data);
                BOOST_REQUIRE_EQUAL(to_hex(state_hash(parsed(resumed.text()))),
                                    to_hex(state_hash(parsed(whole.text()))));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

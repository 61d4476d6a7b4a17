// What keeps JSON patches from growing a state, or a turn, without end.
#include "tests/actors/deciders/json_patch_folding.hpp"

#include <string>

namespace firn {

using test::JsonPatchFolding;

BOOST_FIXTURE_TEST_SUITE(given_patches_that_grow_a_state, JsonPatchFolding)

BOOST_AUTO_TEST_CASE(when_each_copy_doubles_it_inside_itself_then_it_is_refused_early) {
    apply(R"([{"op":"add","path":"/a","value":["x"]}])");
    Failure reason;
    int copies = 0;
    for (; !reason; ++copies) {
        BOOST_REQUIRE(copies < 100);
        reason = evolve(R"([{"op":"copy","from":"/a","path":"/a/0"}])");
    }
    BOOST_TEST(copies > 15);
    BOOST_TEST(reason->find("64 MiB") != std::string::npos, *reason);
    BOOST_TEST(state->memory_bytes() < json_patch_weight_max);
}

BOOST_AUTO_TEST_CASE(when_each_copy_adds_to_it_then_the_weight_ends_it_in_every_process) {
    const auto copied_to = [](int name) {
        return R"([{"op":"copy","from":"/0","path":"/)" + std::to_string(name) + R"("}])";
    };
    const auto one_mebibyte = "{\"0\":\"" + std::string(1 << 20, 'x') + "\"}";
    restore(one_mebibyte);
    int copies = 0;
    Failure reason;
    while (!(reason = evolve(copied_to(copies + 1)))) {
        ++copies;
        BOOST_REQUIRE(copies < 100);
    }
    BOOST_TEST(reason->find("64 MiB") != std::string::npos, *reason);
    // With the original 63 strings, since names and values weigh something.
    BOOST_TEST(copies == 62);
    BOOST_TEST(state->memory_bytes() < json_patch_weight_max + (4u << 20));

    // The same for a state that was written out on the way.
    restore(one_mebibyte);
    for (int name = 1; name <= 62; ++name) {
        apply(copied_to(name));
        if (name == 61) {
            restore(text());
        }
    }
    BOOST_TEST(evolve(copied_to(63)) != nullptr);
}

BOOST_AUTO_TEST_CASE(when_an_event_means_hours_of_work_then_it_is_refused_soon) {
    std::string list = "[";
    for (int i = 0; i < 100'000; ++i) {
        list += i == 0 ? "0" : ",0";
    }
    restore("{\"list\":" + list + "]}");
    std::string patch = "[";
    for (int i = 0; i < 25'000; ++i) {
        patch += R"({"op":"add","path":"/list/0","value":1},)";
    }
    patch.back() = ']';
    const auto shifts = evolve(patch);
    BOOST_REQUIRE(shifts);
    BOOST_TEST(shifts->find("256 MiB") != std::string::npos, *shifts);

    restore("{\"list\":" + list + "]}");
    patch = "[";
    for (int i = 0; i < 15'000; ++i) {
        patch += R"({"op":"copy","from":"/list","path":"/twin"},)";
    }
    patch.back() = ']';
    const auto copies = evolve(patch);
    BOOST_REQUIRE(copies);
    BOOST_TEST(copies->find("256 MiB") != std::string::npos, *copies);

    // Per event: the next one has it anew.
    restore("{\"list\":" + list + "]}");
    for (int i = 0; i < 200; ++i) {
        apply(R"([{"op":"add","path":"/list/0","value":1},{"op":"remove","path":"/list/0"}])");
    }
}

BOOST_AUTO_TEST_CASE(when_a_state_would_be_deeper_than_it_can_be_read_then_it_is_refused) {
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };
    const auto at = [](std::size_t tokens) {
        std::string path;
        for (std::size_t i = 0; i < tokens; ++i) {
            path += "/0";
        }
        return path;
    };
    restore(nested(64));
    apply(R"([{"op":"add","path":")" + at(64) + R"(","value":1}])");
    BOOST_TEST(parse_json(text()).has_value());
    refuse(nested(64), R"([{"op":"add","path":")" + at(64) + R"(","value":[]}])", {"deeper"});
    refuse(nested(64), R"([{"op":"replace","path":")" + at(63) + R"(","value":[[]]}])", {"deeper"});
    refuse(nested(40), R"([{"op":"copy","from":"","path":")" + at(40) + R"("}])", {"deeper"});
    refuse("[" + nested(40) + "," + nested(40) + "]",
           R"([{"op":"move","from":"/1","path":"/0)" + at(39) + R"("}])", {"deeper"});
    restore("[" + nested(40) + "," + nested(24) + "]");
    apply(R"([{"op":"move","from":"/1","path":"/0)" + at(39) + R"("}])");
    BOOST_TEST(parse_json(text()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

#include "service/routes/append_body.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace firn {

namespace {

constexpr char uuid_a[] = "0190f5d2-7c1e-7b6a-8f3e-2f9d3f6a1c55";

struct Body {
    HttpConfig::Limits limits;

    Read<AppendBody> json(std::string_view text) {
        return parse_append_body(text, BodyFormat::json, {}, limits);
    }
    Read<AppendBody> lines(std::string_view text) {
        return parse_append_body(text, BodyFormat::ndjson, {}, limits);
    }

    // "400 /events/0/type"; "" if it is accepted.
    static std::string refusal(const Read<AppendBody>& parsed) {
        if (parsed) {
            return {};
        }
        Response response;
        parsed.error().write_to(response);
        const auto json = boost::json::parse(response.body).as_object();
        auto text = std::to_string(response.status) + " ";
        text += json.at("pointer").as_string();
        if (const auto* line = json.if_contains("line")) {
            text += " line " + std::to_string(line->as_int64());
        }
        return text;
    }
    static std::vector<EventView> events(const Read<AppendBody>& parsed) {
        BOOST_REQUIRE(parsed.has_value());
        std::vector<EventView> events;
        EventDecoder decoder(parsed->events->bytes());
        for (EventView event; !decoder.at_end();) {
            BOOST_REQUIRE(decoder.decode_next(event));
            events.push_back(event);
        }
        return events;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_an_append_body, Body)

BOOST_AUTO_TEST_CASE(when_it_is_a_list_then_its_bytes_are_kept_as_they_are) {
    const auto parsed = json(R"( {"expected_version": 3, "events": [
        {"type": "A\u00e4", "data": { "b" : 1.50 , "a":[ ] } , "metadata": {"k" :"v"}},
        {"type": "B"}]} )");
    const auto list = events(parsed);
    BOOST_REQUIRE(list.size() == 2u);
    BOOST_TEST(list[0].type == "A\xC3\xA4");
    BOOST_TEST(list[0].data == R"({ "b" : 1.50 , "a":[ ] })");
    BOOST_TEST(list[0].metadata == R"({"k" :"v"})");
    BOOST_TEST(!list[0].id_from_client);
    BOOST_TEST(list[1].data == "{}");
    BOOST_TEST(list[1].metadata == "{}");
    BOOST_TEST(parsed->expected->version.value() == 3u);
    BOOST_TEST((parsed->ids[0] == list[0].id));
    BOOST_TEST((list[0].id < list[1].id));
}

BOOST_AUTO_TEST_CASE(when_it_is_one_bare_event_then_that_is_appended) {
    const auto parsed = json(R"({"type":"A","data":null,"id":")" + std::string(uuid_a) + "\"}");
    const auto list = events(parsed);
    BOOST_REQUIRE(list.size() == 1u);
    BOOST_TEST(list[0].data == "null");
    BOOST_TEST(list[0].id_from_client);
    BOOST_TEST(!parsed->expected.has_value());
}

BOOST_AUTO_TEST_CASE(when_it_is_lines_then_blank_ones_are_passed_over) {
    const auto parsed = lines("{\"type\":\"A\"}\r\n\n  \n{\"type\":\"B\",\"data\":[1]}");
    BOOST_REQUIRE(events(parsed).size() == 2u);
    BOOST_TEST(events(parsed)[1].data == "[1]");
}

BOOST_AUTO_TEST_CASE(when_expected_version_is_a_word_or_number_then_it_is_understood) {
    const auto kind = [&](const char* value) {
        const auto parsed =
            json(R"({"events":[{"type":"A"}],"expected_version":)" + std::string(value) + "}");
        return parsed ? static_cast<int>(parsed->expected->kind) : -1;
    };
    BOOST_TEST(kind("\"any\"") == 0);
    BOOST_TEST(kind("\"none\"") == 1);
    BOOST_TEST(kind("\"exists\"") == 2);
    BOOST_TEST(kind("0") == 3);
    BOOST_TEST(kind("18446744073709551615") == 3);
    for (const auto* bad : {"\"some\"", "-1", "1.0", "1e3", "null", "\"3\"", "[]"}) {
        BOOST_TEST(kind(bad) == -1, bad);
    }
}

BOOST_AUTO_TEST_CASE(when_something_is_wrong_then_the_pointer_says_where) {
    BOOST_TEST(refusal(json("")).starts_with("400"));
    BOOST_TEST(refusal(json("[]")).starts_with("400"));
    BOOST_TEST(refusal(json("{}")) == "400 ");
    BOOST_TEST(refusal(json(R"({"events":[]})")) == "400 /events");
    BOOST_TEST(refusal(json(R"({"events":{}})")) == "400 /events");
    BOOST_TEST(refusal(json(R"({"expected_version":1})")) == "400 /events");
    BOOST_TEST(refusal(json(R"({"events":[{"type":"A"},{"data":1}]})")) == "400 /events/1");
    BOOST_TEST(refusal(json(R"({"events":[{"type":""}]})")) == "400 /events/0/type");
    BOOST_TEST(refusal(json(R"({"events":[{"type":7}]})")) == "400 /events/0/type");
    BOOST_TEST(refusal(json(R"({"type":"$gone"})")) == "400 /type");
    BOOST_TEST(refusal(json(R"({"type":"\u0024gone"})")) == "400 /type");
    BOOST_TEST(refusal(json(R"({"type":"A","metadata":[]})")) == "400 /metadata");
    BOOST_TEST(refusal(json(R"({"type":"A","id":"17"})")) == "400 /id");
    BOOST_TEST(refusal(json(R"({"type":"A","id":null})")) == "400 /id");
    BOOST_TEST(refusal(json(R"({"type":"A","tpye":"B"})")) == "400 /tpye");
    BOOST_TEST(refusal(json(R"({"events":[{"type":"A","x/y":1}]})")) == "400 /events/0/x~1y");
    BOOST_TEST(refusal(json(R"({"type":"A","type":"B"})")).starts_with("400"));
    BOOST_TEST(refusal(json(R"({"type":"A","events":[{"type":"A"}]})")) == "400 ");
    BOOST_TEST(refusal(json(R"({"type":"A"} {"type":"B"})")).starts_with("400"));
}

BOOST_AUTO_TEST_CASE(when_a_line_is_wrong_then_it_is_counted) {
    BOOST_TEST(refusal(lines("{\"type\":\"A\"}\n\n{\"type\":1}\n")) == "400 /type line 3");
    BOOST_TEST(refusal(lines("{\"type\":\"A\"}\n{\"type\":\n\"B\"}")).ends_with("line 2"));
    BOOST_TEST(refusal(lines("[{\"type\":\"A\"}]")).ends_with("line 1"));
    BOOST_TEST(refusal(lines("\n\n")) == "400 ");
}

BOOST_AUTO_TEST_CASE(when_data_is_no_strict_json_then_it_is_refused) {
    for (const auto* data : {"{\"a\":1,\"a\":2}", "18446744073709551616", "1e400", "\"\xff\"",
                             "nan", "01", "[1,]", "{\"a\":[{\"b\":1,\"b\":1}]}"}) {
        BOOST_TEST(
            refusal(json(R"({"type":"A","data":)" + std::string(data) + "}")).starts_with("400"),
            data);
    }
    const auto nested = [](int depth) {
        return R"({"type":"A","data":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    BOOST_TEST(refusal(json(nested(64))) == "");
    BOOST_TEST(refusal(json(nested(65))).starts_with("400"));
}

BOOST_AUTO_TEST_CASE(when_an_id_is_given_twice_then_the_second_is_named) {
    const auto event = R"({"type":"A","id":")" + std::string(uuid_a) + "\"}";
    std::string upper = event;
    upper.replace(upper.find("0190f5d2"), 8, "0190F5D2");
    BOOST_TEST(refusal(json("{\"events\":[" + event + ",{\"type\":\"B\"}," + upper + "]}")) ==
               "400 /events/2/id");
}

BOOST_AUTO_TEST_CASE(when_a_bound_is_met_then_it_is_taken_and_no_more) {
    limits.events_per_request_max = 2;
    limits.event_bytes_max = 20;
    const auto list = [](int n) {
        std::string text = "{\"events\":[{\"type\":\"A\"}";
        for (int i = 1; i < n; ++i) {
            text += ",{\"type\":\"A\"}";
        }
        return text + "]}";
    };
    BOOST_TEST(refusal(json(list(1))) == "");
    BOOST_TEST(refusal(json(list(2))) == "");
    BOOST_TEST(refusal(json(list(3))) == "413 /events/2");
    // A, the quotes and {} are 5 bytes.
    const auto of = [](std::size_t size) {
        return R"({"type":"A","data":")" + std::string(size - 5, 'x') + "\"}";
    };
    BOOST_TEST(refusal(json(of(19))) == "");
    BOOST_TEST(refusal(json(of(20))) == "");
    BOOST_TEST(refusal(json(of(21))) == "413 ");
    const auto typed = [](std::size_t size) {
        return R"({"type":")" + std::string(size, 't') + "\"}";
    };
    limits.event_bytes_max = 1000;
    BOOST_TEST(refusal(json(typed(255))) == "");
    BOOST_TEST(refusal(json(typed(256))) == "400 /type");
}

BOOST_AUTO_TEST_CASE(when_traceparent_is_well_formed_then_it_is_kept_else_dropped) {
    const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    BOOST_TEST(usable_traceparent(std::string_view(good)) == good);
    BOOST_TEST(usable_traceparent(std::nullopt) == "");
    BOOST_TEST(usable_traceparent("00-xyz") == "");
    const auto parsed = parse_append_body(R"({"type":"A"})", BodyFormat::json, good, limits);
    BOOST_TEST(events(parsed)[0].traceparent == good);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

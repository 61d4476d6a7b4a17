#include "tests/support/import_exchange.hpp"

#include "tests/support/event_builder.hpp"

namespace firn::test {

namespace {

struct FourEvents : ServedStore {
    FourEvents() {
        append("order/1", R"({"type":"A"})");
        append("order/2", R"({"type":"B"})");
        append("bill/1", R"({"type":"A"})");
        append("order/1", R"({"type":"B"})");
    }
    // "order/1@1 " for each line.
    [[nodiscard]] std::string places(const std::string& query = {}) {
        std::string text;
        std::istringstream lines(export_of(*this, query));
        for (std::string line; std::getline(lines, line);) {
            const auto event = boost::json::parse(line);
            text += event.at("stream").at("category").as_string();
            text += '/';
            text += event.at("stream").at("id").as_string();
            text += '@' + std::to_string(event.at("position").as_int64()) + ' ';
        }
        return text;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_four_events_of_three_streams, FourEvents)

BOOST_AUTO_TEST_CASE(when_all_are_exported_then_they_come_in_the_order_of_positions) {
    BOOST_TEST(places() == "order/1@1 order/2@2 bill/1@3 order/1@4 ");
    const auto reply = client.get("/v1/export");
    BOOST_TEST(reply.header("Content-Type") == "application/x-ndjson");
    BOOST_TEST(reply.header("Vary") == "Accept-Encoding");
}

BOOST_AUTO_TEST_CASE(when_categories_are_asked_for_then_only_they_come) {
    BOOST_TEST(places("?category=bill") == "bill/1@3 ");
    BOOST_TEST(places("?category=bill&category=order&after=1") == "order/2@2 bill/1@3 order/1@4 ");
    BOOST_TEST(places("?category=none") == "");
}

BOOST_AUTO_TEST_CASE(when_it_goes_on_from_anywhere_then_the_parts_are_the_whole) {
    const auto whole = export_of(*this);
    for (const auto encoding : encodings) {
        std::string parts;
        for (int after = 0; after <= 5; ++after) {
            const auto rest = export_of(*this, "?after=" + std::to_string(after), encoding);
            BOOST_TEST(parts + rest == whole);
            parts += rest.substr(0, rest.find('\n') + 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_encodings_are_accepted_then_the_best_is_taken) {
    const auto encoding = [&](const std::string& accepted) {
        return client.get("/v1/export", "Accept-Encoding: " + accepted + "\r\n")
            .header("Content-Encoding");
    };
    BOOST_TEST(encoding("gzip, deflate, br, zstd") == "zstd");
    BOOST_TEST(encoding("gzip, deflate, br") == "gzip");
    BOOST_TEST(encoding("br") == "");
    BOOST_TEST(encoding("zstd;q=0, gzip;q=0") == "");
}

BOOST_AUTO_TEST_CASE(when_events_are_gone_then_stand_ins_are_in_their_place) {
    BOOST_TEST(client.request("DELETE", "/v1/streams/order/2").status == 204);
    BOOST_TEST(store().cut({"order", "1"}, Version{1}).has_value());
    BOOST_TEST(places() == "order/1@1 order/2@2 bill/1@3 order/1@4 ");
    const auto text = export_of(*this);
    BOOST_TEST(text.find("\"$snapshot\"") < text.find("\"$deleted\""));
    BOOST_TEST(text.find("\"$deleted\"") != text.npos);
}

BOOST_AUTO_TEST_CASE(when_names_and_types_hold_any_byte_anywhere_then_lines_are_those_of_the_feed) {
    // Every ASCII byte and one beyond, at every place of texts around the size of a word or two.
    std::vector<std::string> texts;
    for (const auto size : {1u, 3u, 4u, 7u, 8u, 9u, 17u}) {
        for (unsigned place = 0; place < size; ++place) {
            for (unsigned byte = 1; byte <= 0x80; byte += byte < 0x23 || byte > 0x5A ? 1 : 17) {
                std::string text(size, 'a');
                text.replace(
                    place, 1,
                    byte == 0x80 ? std::string("\u00e9") : std::string(1, static_cast<char>(byte)));
                texts.push_back(text);
            }
        }
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto& id = texts[texts.size() - 1 - i];
        const bool valid = is_valid_stream_id(id);
        const Transaction one[] = {
            transaction({appending({"order", valid ? id : "5"}, {{.type = texts[i]}})})};
        BOOST_REQUIRE(!store().commit(one).front().error);
    }
    std::string feed;
    for (int after = 0;; after += 1000) {
        // Not held against the description: there are thousands of lines.
        const auto page =
            client.HttpClient::get("/v1/events?limit=1000&after=" + std::to_string(after),
                                   "Accept: application/x-ndjson\r\n");
        BOOST_REQUIRE(page.status == 200);
        if (page.body.empty()) {
            break;
        }
        feed += page.body;
    }
    BOOST_TEST(export_of(*this) == feed);
}

BOOST_AUTO_TEST_CASE(when_only_the_head_is_asked_for_then_there_is_no_body) {
    const auto reply = client.request("HEAD", "/v1/export");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Content-Type") == "application/x-ndjson");
    BOOST_TEST(client.get("/livez").status == 200);
}

BOOST_AUTO_TEST_CASE(when_a_parameter_is_wrong_then_it_is_refused) {
    for (const auto* query :
         {"after=x", "after=-1", "category=%20", "limit=1", "after=1&after=2"}) {
        BOOST_TEST(client.get("/v1/export?" + std::string(query)).status == 400, query);
    }
    BOOST_TEST(client.get("/v1/export", "Accept: application/json\r\n").status == 406);
    BOOST_TEST(client.post("/v1/export", "{}").status == 405);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_more_than_a_socket_holds, ServedStore)

BOOST_AUTO_TEST_CASE(when_appends_go_on_meanwhile_then_the_export_ends_where_it_began) {
    const std::string data(500'000, 'x');
    for (int i = 0; i != 40; ++i) {
        append("order/" + std::to_string(i), R"({"type":"A","data":")" + data + "\"}");
    }
    HttpClient exporting(port());
    exporting.send("GET /v1/export HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(exporting.read_head().status == 200);
    for (int i = 0; i != 5; ++i) {
        append("late/1", R"({"type":"Late"})");
    }
    std::string text;
    while (const auto chunk = exporting.read_chunk()) {
        text += *chunk;
    }
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 40);
    BOOST_TEST(text.find("Late") == text.npos);
    BOOST_TEST(exporting.get("/livez").status == 200);
}

BOOST_AUTO_TEST_CASE(when_the_store_is_empty_then_so_is_the_export) {
    for (const auto encoding : encodings) {
        BOOST_TEST(export_of(*this, "", encoding) == "");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

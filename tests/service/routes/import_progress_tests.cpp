// An import is an exchange: lines of progress come while lines of events are still sent.
#include "tests/support/import_exchange.hpp"

#include <chrono>

namespace firn::test {

namespace {

HttpConfig with_progress_each(std::chrono::milliseconds period) {
    HttpConfig config;
    config.timeouts.progress = period;
    config.timeouts.sweep = std::chrono::milliseconds(10);
    return config;
}

std::string line(int number) {
    return R"({"stream":{"category":"order","id":"1"},"version":)" + std::to_string(number) +
           R"(,"type":"Happened"})" + "\n";
}

std::string chunk(const std::string& text) {
    char size[32];
    std::snprintf(size, sizeof(size), "%zx\r\n", text.size());
    return size + text + "\r\n";
}

// A client in the middle of an import.
struct Importing {
    explicit Importing(std::uint16_t port) : client(port) {}

    // Sends the head, and what of the body is to come with it.
    void begin(const std::string& chunks = {}) {
        client.send("POST /v1/import HTTP/1.1\r\nHost: localhost\r\n" + import_fields() +
                    "Transfer-Encoding: chunked\r\n\r\n" + chunks);
    }
    // The next line of progress; null after the last.
    boost::json::value next() {
        while (text.find('\n') == text.npos) {
            const auto more = client.read_chunk();
            if (!more) {
                BOOST_TEST(text.empty());
                return nullptr;
            }
            text += *more;
        }
        const auto end = text.find('\n');
        auto value = boost::json::parse(boost::json::string_view(text.data(), end));
        text.erase(0, end + 1);
        return value;
    }
    // Reads until so many lines are done with; the last line of progress.
    boost::json::object wait_for(std::int64_t lines) {
        for (;;) {
            const auto told = next();
            if (!told.is_object() || told.at("lines").as_int64() >= lines ||
                told.get_object().contains("problem")) {
                BOOST_REQUIRE(told.is_object());
                return told.get_object();
            }
        }
    }

    boost::json::object wait_for_problem() {
        for (;;) {
            auto told = wait_for(0);
            if (told.contains("problem")) {
                return told;
            }
        }
    }
    boost::json::object wait_for_the_end() {
        for (;;) {
            auto told = wait_for(0);
            if (told.at("done").as_bool()) {
                BOOST_TEST(next().is_null());
                return told;
            }
        }
    }

    HttpClient client;
    std::string text;
};

struct Frequent : ServedStore {
    explicit Frequent(HttpConfig config = with_progress_each(std::chrono::milliseconds(5)))
        : ServedStore(std::move(config)), importing(port()) {
        importing.begin();
    }

    Importing importing;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_an_import_that_tells_often_how_far_it_is, Frequent)

BOOST_AUTO_TEST_CASE(when_half_is_sent_then_that_half_is_told_before_the_rest_is_sent) {
    importing.client.send(chunk(line(1) + line(2)));
    BOOST_TEST(importing.client.read_head().status == 200);
    const auto half = importing.wait_for(2);
    BOOST_TEST(!half.at("done").as_bool());
    BOOST_TEST(half.at("appended").as_int64() == 2);
    BOOST_TEST(half.at("position").as_int64() == 2);
    importing.client.send(chunk(line(3)) + chunk(line(4).substr(0, 20)));
    BOOST_TEST(importing.wait_for(3).at("lines").as_int64() == 3);
    importing.client.send(chunk(line(4).substr(20)) + "0\r\n\r\n");
    const auto last = importing.wait_for_the_end();
    BOOST_TEST(last.at("appended").as_int64() == 4);
    BOOST_TEST(importing.client.get("/livez").status == 200);
}

BOOST_AUTO_TEST_CASE(when_nothing_is_sent_then_that_is_told_too) {
    BOOST_TEST(importing.client.read_head().status == 200);
    for (int i = 0; i != 3; ++i) {
        BOOST_TEST(importing.wait_for(0).at("lines").as_int64() == 0);
    }
    importing.client.send("0\r\n\r\n");
    const auto last = importing.wait_for_the_end();
}

BOOST_AUTO_TEST_CASE(when_a_later_line_is_wrong_then_the_last_line_says_so_and_it_ends) {
    importing.client.send(chunk(line(1)));
    BOOST_TEST(importing.client.read_head().status == 200);
    static_cast<void>(importing.wait_for(1));
    importing.client.send(chunk(line(2) + line(7) + line(8)));
    const auto last = importing.wait_for_problem();
    BOOST_TEST(last.at("problem").at("line").as_int64() == 3);
    BOOST_TEST(last.at("problem").at("type").as_string() == "urn:firn:problem:wrong-version");
    BOOST_TEST(last.at("appended").as_int64() == 2);
    BOOST_TEST(importing.next().is_null());
    BOOST_TEST(importing.client.ended());
}

BOOST_AUTO_TEST_CASE(when_the_client_goes_away_then_what_it_sent_stays_and_the_server_serves) {
    {
        Frequent other;
        other.importing.client.send(chunk(line(1) + line(2)));
        BOOST_TEST(other.importing.client.read_head().status == 200);
        static_cast<void>(other.importing.wait_for(2));
        other.importing.client.send("ff\r\n" + line(3) + R"({"stream":)");
        other.importing.client.end_sending();
        const auto last = other.importing.wait_for_problem();
        BOOST_TEST(last.at("problem").at("line").as_int64() == 4);
        BOOST_TEST(last.at("appended").as_int64() == 3);
        BOOST_TEST(other.client.get("/livez").status == 200);
    }
    importing.client.send(chunk(line(1)));
    BOOST_TEST(client.get("/livez").status == 200);
}

BOOST_AUTO_TEST_CASE(when_the_server_stops_then_the_client_is_told_to_come_again) {
    const auto begun = std::chrono::steady_clock::now();
    auto config = with_progress_each(std::chrono::milliseconds(5));
    config.timeouts.stop = std::chrono::minutes(10);
    auto stopping = std::make_unique<ServedStore>(config);
    Importing other(stopping->port());
    other.begin();
    other.client.send(chunk(line(1)));
    BOOST_TEST(other.client.read_head().status == 200);
    static_cast<void>(other.wait_for(1));
    stopping.reset();
    const auto last = other.wait_for_problem();
    BOOST_TEST(last.at("problem").at("type").as_string() == "urn:firn:problem:overloaded");
    BOOST_TEST(last.at("appended").as_int64() == 1);
    BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::minutes(5)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_client_that_falls_silent)

BOOST_AUTO_TEST_CASE(when_its_time_is_over_then_the_import_ends_though_progress_was_told) {
    auto config = with_progress_each(std::chrono::milliseconds(5));
    config.timeouts.body = std::chrono::milliseconds(100);
    ServedStore served(config);
    Importing silent(served.port());
    silent.begin(chunk(line(1)));
    BOOST_TEST(silent.client.read_head().status == 200);
    const auto last = silent.wait_for_problem();
    BOOST_TEST(last.at("problem").at("detail").as_string() == "The body stopped coming.");
    BOOST_TEST(last.at("appended").as_int64() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

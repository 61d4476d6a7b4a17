// Imports while others append, and while there is little room to append.
#include "tests/service/routes/random_history.hpp"

#include <thread>

namespace firn::test {

namespace {

std::string line(const std::string& id, int version, int n) {
    return R"({"stream":{"category":"order","id":")" + id + "\"}" +
           (version == 0 ? "" : ",\"version\":" + std::to_string(version)) +
           R"(,"type":"Imported","data":{"n":)" + std::to_string(n) + "}}\n";
}

std::string lines_of(int count, bool with_versions) {
    std::string lines;
    for (int n = 0; n != count; ++n) {
        lines += line(std::to_string(n % 3), with_versions ? n / 3 + 1 : 0, n);
    }
    return lines;
}

std::string import_over(std::uint16_t port, const std::string& lines) {
    HttpClient client(port);
    std::string bytes = "POST /v1/import HTTP/1.1\r\nHost: localhost\r\n" + import_fields() +
                        "Content-Length: " + std::to_string(lines.size()) + "\r\n\r\n";
    client.send(bytes + lines);
    return client.read().body;
}

std::int64_t count_in(const std::string& answer, const char* name) {
    return last_line({200, "", answer}).at(name).as_int64();
}

// Of one stream, in the order in which they are held.
std::vector<std::string> data_of(ServedStore& store, const std::string& id,
                                 const std::string& type) {
    std::vector<std::string> data;
    for (const auto& entry : all_events(store.store())) {
        if (entry.stream.id == id && entry.event.type == type) {
            data.push_back(entry.event.data);
        }
    }
    return data;
}

ServiceConfig with_room_for_one() {
    ServiceConfig config;
    config.commit.waiting_max = 1;
    return config;
}

struct Appender {
    explicit Appender(std::uint16_t port, std::string path)
        : thread([this, port, path = std::move(path)] {
              HttpClient client(port);
              while (!enough) {
                  const auto reply = client.post(path, R"({"type":"Appended"})");
                  appended += reply.status == 201 ? 1 : 0;
              }
          }) {}
    ~Appender() {
        if (thread.joinable()) {
            stop();
        }
    }
    void stop() {
        enough = true;
        thread.join();
    }

    std::atomic<bool> enough{false};
    std::atomic<std::size_t> appended{0};
    std::thread thread;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_two_clients, ServedStore)

BOOST_AUTO_TEST_CASE(when_one_appends_to_the_streams_of_an_import_then_both_have_all_their_events) {
    Appender appender(port(), "/v1/streams/order/0/events");
    const auto answer = import_over(port(), lines_of(3'000, false));
    appender.stop();
    BOOST_TEST(count_in(answer, "appended") == 3'000);
    BOOST_TEST(data_of(*this, "0", "Appended").size() == appender.appended);
    const auto imported = data_of(*this, "0", "Imported");
    BOOST_REQUIRE(imported.size() == 1'000u);
    for (std::size_t i = 0; i != imported.size(); ++i) {
        BOOST_REQUIRE(imported[i] == "{\"n\":" + std::to_string(3 * i) + "}");
    }
}

BOOST_AUTO_TEST_CASE(when_one_sends_commands_then_the_import_goes_on_beside_them) {
    set_categories(*this);
    Appender appender(port(), "/v1/streams/tally/0/events");
    std::atomic<bool> enough{false};
    std::thread commanding([&] {
        HttpClient other(port());
        while (!enough) {
            static_cast<void>(other.post("/v1/streams/tally/0/commands", R"({"type":"Twice"})"));
        }
    });
    std::string lines;
    for (int i = 0; i != 500; ++i) {
        lines += R"({"stream":{"category":"tally","id":"0"},"type":"Counted"})"
                 "\n";
        lines += line("x", i + 1, i);
    }
    const auto answer = import_over(port(), lines);
    enough = true;
    commanding.join();
    appender.stop();
    BOOST_TEST(count_in(answer, "appended") == 1'000);
}

BOOST_AUTO_TEST_CASE(when_both_import_the_same_then_each_event_is_there_once) {
    const auto lines = lines_of(6'000, true);
    std::string other;
    std::thread importing([&] { other = import_over(port(), lines); });
    const auto answer = import_over(port(), lines);
    importing.join();
    BOOST_TEST(count_in(answer, "lines") == 6'000);
    BOOST_TEST(count_in(other, "lines") == 6'000);
    BOOST_TEST(count_in(answer, "appended") + count_in(other, "appended") == 6'000);
    BOOST_TEST(store().stats().events == 6'000u);
}

BOOST_AUTO_TEST_CASE(when_another_takes_a_version_first_then_the_line_that_states_it_is_named) {
    append("order/0", R"({"type":"Appended"})");
    const auto answer = import_over(port(), lines_of(9, true));
    const auto problem = last_line({409, "", answer});
    BOOST_TEST(problem.at("type").as_string() == "urn:firn:problem:wrong-version");
    BOOST_TEST(problem.at("line").as_int64() == 1);
    BOOST_TEST(data_of(*this, "0", "Imported").size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_queue_with_room_for_one_append)

BOOST_AUTO_TEST_CASE(when_an_import_has_more_then_it_waits_for_room_and_keeps_the_order) {
    ServedStore store({}, make_memory_store(), with_room_for_one());
    BOOST_TEST(summary(import_into(store, lines_of(12, true))) ==
               "done lines 12 appended 12 skipped 0");
    std::string order;
    for (const auto& entry : all_events(store.store())) {
        order += entry.stream.id;
    }
    BOOST_TEST(order == "012012012012");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

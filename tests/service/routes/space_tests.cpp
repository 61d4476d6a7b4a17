// What runs in the background, and the space that it gives back: the scheduler and the vacuum.
#include "storage/journaled/journaled_store.hpp"
#include "tests/service/routes/compactions_served.hpp"
#include "tests/support/temporary_directory.hpp"

#include <chrono>
#include <thread>

namespace firn::test {

namespace {

constexpr const char* compacted_in_the_background =
    R"({"decider":{"kind":"merge_patch"},"compaction":{"enabled":true,"keep_last":4,"min_events":5}})";

ServiceConfig looking_often() {
    ServiceConfig config;
    config.compaction.scan_every = std::chrono::seconds(1);
    return config;
}

struct SchedulerServed : CompactionsServed {
    SchedulerServed() : CompactionsServed(looking_often()) {}

    boost::json::object scheduler() { return json_of(client.get("/v1/scheduler")); }
    boost::json::object pause(bool paused) {
        const auto reply = client.request("PATCH", "/v1/scheduler",
                                          paused ? R"({"paused":true})" : R"({"paused":false})");
        BOOST_TEST(reply.status == 200, reply.body);
        return json_of(reply);
    }
    static std::uint64_t saved_events(const boost::json::object& status) {
        return number_in(status.at("saved").as_object(), "events");
    }
    // What is told then. The pass that saved them must have ended: until then no next one is due.
    boost::json::object wait_until_saved(std::uint64_t events) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        for (;;) {
            auto status = scheduler();
            if (saved_events(status) >= events && status.at("next_scan_at").is_string()) {
                return status;
            }
            BOOST_REQUIRE(std::chrono::steady_clock::now() < until);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
};

JournaledConfig in(const TemporaryDirectory& directory) {
    JournaledConfig config;
    config.directory = directory.path() / "store";
    config.map_bytes = std::size_t{64} << 20;
    return config;
}

struct StoreServed : TemporaryDirectory, ServedStore {
    StoreServed() : ServedStore({}, open_journaled_store(in(*this))) {
        const std::string data(1000, 'x');
        for (int stream = 0; stream != 20; ++stream) {
            for (int event = 0; event != 10; ++event) {
                append("order/" + std::to_string(stream),
                       R"({"type":"A","data":{"x":")" + data + R"("}})");
            }
        }
    }
    // What the file has, and how much of it lives, as the statistics tell.
    boost::json::object bytes() { return json_of(client.get("/v1/stats")).at("bytes").as_object(); }
    void wait_until_settled() {
        const auto pending = [&] {
            const auto stats = json_of(client.get("/v1/stats"));
            return number_in(stats.at("settling").as_object(), "pending_events");
        };
        while (pending() != 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_scheduler_that_looks_every_second, SchedulerServed)

BOOST_AUTO_TEST_CASE(when_no_category_is_enabled_then_it_says_that_it_rests) {
    const auto status = scheduler();
    BOOST_TEST(!status.at("enabled").as_bool());
    BOOST_TEST(!status.at("paused").as_bool());
    BOOST_TEST(number_in(status, "running") == 0u);
    BOOST_TEST(number_in(status, "waiting") == 0u);
    BOOST_TEST(number_in(status, "quarantined") == 0u);
    BOOST_TEST(status.at("next_scan_at").is_null());
    BOOST_TEST(status.at("compactions").as_array().empty());
    BOOST_TEST(saved_events(status) == 0u);
}

BOOST_AUTO_TEST_CASE(when_a_category_is_enabled_then_its_streams_are_compacted_and_it_is_told) {
    append_counted("order/8", 3);
    set_category("order", compacted_in_the_background);
    const auto status = wait_until_saved(6);
    BOOST_TEST(status.at("enabled").as_bool());
    BOOST_TEST(number_in(status.at("saved").as_object(), "streams") == 1u);
    BOOST_TEST(number_in(status.at("saved").as_object(), "bytes") > 0u);
    BOOST_TEST(status.at("last_scan_at").is_string());
    BOOST_TEST(status.at("next_scan_at").is_string());
    BOOST_TEST(number_in(json_of(client.get("/v1/streams/order/7")), "first_version") == 7u);
    BOOST_TEST(number_in(json_of(client.get("/v1/streams/order/8")), "first_version") == 1u);
}

BOOST_AUTO_TEST_CASE(when_it_is_paused_then_nothing_is_compacted_until_it_is_resumed) {
    BOOST_TEST(pause(true).at("paused").as_bool());
    BOOST_TEST(pause(true).at("paused").as_bool());
    set_category("order", compacted_in_the_background);
    // Longer than it would take to begin.
    std::this_thread::sleep_for(std::chrono::milliseconds(2'500));
    const auto status = scheduler();
    BOOST_TEST(saved_events(status) == 0u);
    BOOST_TEST(status.at("paused").as_bool());
    BOOST_TEST(!pause(false).at("paused").as_bool());
    wait_until_saved(6);
}

BOOST_AUTO_TEST_CASE(when_what_is_patched_is_no_pause_then_it_is_refused) {
    for (const auto* body : {"", "[]", "{}", R"({"paused":1})", R"({"paused":null})",
                             R"({"paused":true,"jobs":2})", "{"}) {
        const auto reply = client.request("PATCH", "/v1/scheduler", body);
        BOOST_TEST(reply.status == 400, body);
        BOOST_TEST(slug_of(reply) == "bad-request");
    }
    BOOST_TEST(client.post("/v1/scheduler", "{}").status == 405);
    BOOST_TEST(!scheduler().at("paused").as_bool());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_store_on_disk, StoreServed)

BOOST_AUTO_TEST_CASE(when_streams_are_gone_then_a_vacuum_gives_their_space_back) {
    wait_until_settled();
    const auto live = number_in(bytes(), "live");
    for (int stream = 1; stream != 20; ++stream) {
        BOOST_TEST(client.erase("/v1/streams/order/" + std::to_string(stream)).status == 204);
    }
    wait_until_settled();
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (number_in(bytes(), "live") + (100u << 10) > live) {
        BOOST_REQUIRE(std::chrono::steady_clock::now() < until);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto needs = json_of(client.get("/v1/vacuum"));
    BOOST_TEST(needs.at("running").is_null());
    const auto& bytes_needed = needs.at("needs").as_object();
    BOOST_TEST(bytes_needed.at("has_room").as_bool());
    BOOST_TEST(number_in(bytes_needed, "bytes_live") < number_in(bytes_needed, "bytes_file"));

    const auto before = client.get("/v1/streams/order/0/events").body;
    const auto reply = client.post("/v1/vacuum", "{}");
    BOOST_TEST(reply.status == 200, reply.body);
    const auto done = json_of(reply);
    BOOST_TEST(text_in(reply, "phase") == "done");
    BOOST_TEST(number_in(done, "items_copied") == number_in(done, "items"));
    BOOST_TEST(number_in(done, "bytes_before") == number_in(bytes_needed, "bytes_file"));
    BOOST_TEST(number_in(done, "bytes_after") < number_in(done, "bytes_before") / 2);
    BOOST_TEST(number_in(bytes(), "file") == number_in(done, "bytes_after"));
    BOOST_TEST(client.get("/v1/streams/order/0/events").body == before);
    BOOST_TEST(client.post("/v1/streams/order/0/events", R"({"type":"A"})").status == 201);
}

BOOST_AUTO_TEST_CASE(when_a_vacuum_is_asked_for_what_it_cannot_do_then_it_is_refused) {
    const auto options = client.post("/v1/vacuum", R"({"fast":true})");
    BOOST_TEST(options.status == 400);
    BOOST_TEST(slug_of(options) == "bad-request");
    BOOST_TEST(client.post("/v1/vacuum", "{}", "If-Match: \"1\"\r\n").status == 400);
    BOOST_TEST(client.request("DELETE", "/v1/vacuum").status == 405);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

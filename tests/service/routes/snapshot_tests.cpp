#include "tests/service/routes/counter.hpp"
#include "tests/support/served_store.hpp"

#include <openssl/evp.h>

#include <chrono>

namespace firn::test {

namespace {

constexpr char url[] = "/v1/streams/order/7/snapshots";

// By OpenSSL, of a text that the test writes down: nothing of ours is in between.
std::string sha256_hex(std::string_view text) {
    unsigned char digest[32];
    BOOST_REQUIRE(EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(), nullptr) ==
                  1);
    std::string hex;
    for (const auto byte : digest) {
        constexpr char digits[] = "0123456789abcdef";
        hex.append({digits[byte >> 4], digits[byte & 15]});
    }
    return hex;
}

std::string summary(const HttpReply& list) {
    std::string all;
    const auto json = json_of(list);
    for (const auto& snapshot : json.at("snapshots").as_array()) {
        all.append(std::to_string(snapshot.at("version").as_int64())).append(" ");
        all.append(snapshot.at("kind").as_string()).append("; ");
    }
    return all;
}

struct Orders : ServedStore {
    HttpReply take(std::string_view stream = "order/7") {
        return client.post("/v1/streams/" + std::string(stream) + "/snapshots", {});
    }
    std::string chain_hash() { return text_in(client.get("/v1/streams/order/7"), "chain_hash"); }
    std::int64_t stat(std::string_view name) {
        return json_of(client.get("/v1/stats")).at("snapshots").at(name).as_int64();
    }
    // Whoever waits for a snapshot asks until it is there.
    std::string list_once_it_ends_with(std::string_view end) {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        auto list = summary(client.get(url));
        while (!list.ends_with(end)) {
            BOOST_REQUIRE(std::chrono::steady_clock::now() < patience);
            list = summary(client.get(url));
        }
        return list;
    }
};

struct Folding : Orders {
    Folding() {
        set_category("order", R"({"decider":{"kind":"external"},"snapshots":{"keep":2}})");
        append_counted("order/7", 6);
    }
    HttpReply put(int version, std::string_view state, int revision = 2) {
        return client.put(url + ("/" + std::to_string(version)),
                          R"({"state":)" + std::string(state) + R"(,"revision":)" +
                              std::to_string(revision) + "}");
    }
    boost::json::object state(std::string_view query = {}) {
        return json_of(client.get("/v1/streams/order/7/state" + std::string(query)));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_stream, Orders)

BOOST_AUTO_TEST_CASE(when_a_snapshot_is_taken_then_it_is_listed_and_read) {
    append("order/7", R"({"type":"A","data":{"total":1}})");
    append("order/7", R"({"type":"B","data":{"paid":true}})");
    BOOST_TEST(summary(client.get(url)) == "");
    const auto taken = take();
    BOOST_TEST(taken.status == 201);
    auto json = json_of(taken);
    BOOST_TEST(json.at("version").as_int64() == 2);
    BOOST_TEST(json.at("kind").as_string() == "manual");
    BOOST_TEST(json.at("bytes").as_int64() == 23);
    BOOST_TEST(
        (json.at("decider") == boost::json::parse(R"({"kind":"merge_patch","revision":1})")));
    BOOST_TEST(!json.contains("state"));
    BOOST_TEST((json_of(client.get(url)).at("snapshots") == boost::json::array{json}));

    json["state"] = boost::json::parse(R"({"total":1,"paid":true})");
    for (const auto* which : {"/2", "/latest"}) {
        BOOST_TEST((json_of(client.get(url + std::string(which))) == json), which);
    }
    BOOST_TEST(client.request("HEAD", url + std::string("/latest")).status == 200);
    BOOST_TEST(json_of(client.get("/v1/streams/order/7")).at("snapshots").as_int64() == 1);
    BOOST_TEST(stat("taken") == 1);
}

BOOST_AUTO_TEST_CASE(when_its_hashes_are_computed_anew_then_they_are_the_same) {
    append("order/7",
           "{\"type\":\"A\",\"data\":{\"z\":{\"y\":1e21,\"x\":-0.0},\"n\":18446744073709551615,"
           "\"b\":1.50,\"\\ud83d\\ude00\":[],\"\\ufb00\":\"\\u000f\\u00e9\\/\"}}");
    const auto chain_at_one = chain_hash();
    const auto taken = take();
    BOOST_TEST(text_in(taken, "state_hash") ==
               sha256_hex("{\"b\":1.5,\"n\":18446744073709551615,\"z\":{\"x\":0,\"y\":1e+21},"
                          "\"\xF0\x9F\x98\x80\":[],\"\xEF\xAC\x80\":\"\\u000f\xC3\xA9/\"}"));
    BOOST_TEST(text_in(taken, "chain_hash") == chain_at_one);
    append("order/7", R"({"type":"B"})");
    BOOST_TEST(chain_hash() != chain_at_one);
    BOOST_TEST(text_in(client.get(url + std::string("/1")), "chain_hash") == chain_at_one);
}

BOOST_AUTO_TEST_CASE(when_the_policy_wants_them_then_automatic_ones_come_and_the_oldest_go) {
    client.put("/v1/streams/order/7/policy", R"({"snapshots":{"every":2,"keep":2}})");
    for (const auto* expected : {"2 automatic; ", "4 automatic; ", "6 automatic; "}) {
        append_counted("order/7", 2);
        BOOST_TEST(client.get("/v1/streams/order/7/state").status == 200);
        list_once_it_ends_with(expected);
    }
    BOOST_TEST(summary(client.get(url)) == "4 automatic; 6 automatic; ");
    // One that somebody asked for is not the policy's to remove.
    append_counted("order/7", 1);
    take();
    append_counted("order/7", 2);
    BOOST_TEST(client.get("/v1/streams/order/7/state").status == 200);
    const auto list = list_once_it_ends_with("automatic; ");
    BOOST_TEST(list.find("7 manual; ") != std::string::npos, list);
}

BOOST_AUTO_TEST_CASE(when_what_is_asked_for_is_not_there_then_it_is_told) {
    BOOST_TEST(slug_of(client.get(url)) == "stream-not-found");
    BOOST_TEST(slug_of(take()) == "stream-not-found");
    BOOST_TEST(slug_of(client.get(url + std::string("/latest"))) == "stream-not-found");
    append_counted("order/7", 3);
    const auto none = client.get(url + std::string("/latest"));
    BOOST_TEST(slug_of(none) == "not-found");
    BOOST_TEST(none.has("has no snapshot yet"));
    BOOST_TEST(slug_of(client.get(url + std::string("/2"))) == "not-found");
    for (const auto* wrong : {"/0", "/-1", "/newest", "/1.0", "/99999999999999999999"}) {
        const auto reply = client.get(url + std::string(wrong));
        BOOST_TEST(reply.status == 400, wrong);
        BOOST_TEST(text_in(reply, "parameter") == "version");
    }
    BOOST_TEST(client.post(url, "{}").status == 400);
    BOOST_TEST(client.erase(url + std::string("/2")).status == 405);
    BOOST_TEST(client.get(url + std::string("?limit=1")).status == 400);
}

BOOST_AUTO_TEST_CASE(when_the_stream_was_deleted_then_its_snapshots_are_gone) {
    append_counted("order/7", 3);
    take();
    BOOST_TEST(client.erase("/v1/streams/order/7").status == 204);
    BOOST_TEST(slug_of(client.get(url)) == "stream-deleted");
    BOOST_TEST(slug_of(client.get(url + std::string("/latest"))) == "stream-deleted");
    BOOST_TEST(slug_of(client.get(url + std::string("/3"))) == "stream-deleted");
    BOOST_TEST(slug_of(take()) == "stream-deleted");
    BOOST_TEST(slug_of(client.put(url + std::string("/3"), R"({"state":1,"revision":1})")) ==
               "stream-deleted");
}

BOOST_AUTO_TEST_CASE(when_the_decider_changes_then_tags_of_the_old_one_are_not_current) {
    append("order/7", R"({"type":"Counted","data":{"by":5}})");
    take();
    const auto before = client.get("/v1/streams/order/7/state").header("ETag");
    BOOST_TEST(before == "\"1-1\"");
    set_category("order", lua_settings(counter_script));
    const auto after = client.get("/v1/streams/order/7/state", "If-None-Match: " + before + "\r\n");
    BOOST_TEST(after.status == 200);
    BOOST_TEST(after.header("ETag") == "\"1-2\"");
    // Folded again, and not from the old one's snapshot.
    BOOST_TEST((json_of(after).at("state") == boost::json::parse(R"({"count":5})")));
    BOOST_TEST(client.get("/v1/streams/order/7/state", "If-None-Match: \"1-2\"\r\n").status == 304);
    BOOST_TEST(stat("used") == 0);
    const auto taken = json_of(take());
    BOOST_TEST(taken.at("decider").at("revision").as_int64() == 2);
    BOOST_TEST(summary(client.get(url)) == "1 manual; ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_stream_that_its_clients_fold, Folding)

BOOST_AUTO_TEST_CASE(when_a_client_puts_a_state_then_that_is_the_streams) {
    BOOST_TEST(state().at("state").is_null());
    const auto put_reply = put(4, R"({"sum": 10})");
    BOOST_TEST(put_reply.status == 200);
    const auto json = json_of(put_reply);
    BOOST_TEST(json.at("version").as_int64() == 4);
    BOOST_TEST(json.at("kind").as_string() == "client");
    BOOST_TEST(json.at("state_hash").as_string() == sha256_hex(R"({"sum":10})"));
    BOOST_TEST((json.at("decider") == boost::json::parse(R"({"kind":"external","revision":2})")));
    const auto now = state();
    BOOST_TEST(now.at("version").as_int64() == 4);
    BOOST_TEST(now.at("events_behind").as_int64() == 2);
    BOOST_TEST((now.at("state") == boost::json::parse(R"({"sum":10})")));
    BOOST_TEST(state("?version=5").at("events_behind").as_int64() == 1);
    BOOST_TEST(state("?version=3").at("state").is_null());
    BOOST_TEST(client.get("/v1/streams/order/7/state?version=7").status == 404);
}

BOOST_AUTO_TEST_CASE(when_it_is_put_again_then_readers_get_the_new_one) {
    put(4, "1");
    const auto tag = client.get("/v1/streams/order/7/state").header("ETag");
    BOOST_TEST(tag == "\"4-2\"");
    put(4, "2");
    const auto again = client.get("/v1/streams/order/7/state", "If-None-Match: " + tag + "\r\n");
    BOOST_TEST(again.status == 200);
    BOOST_TEST(json_of(again).at("state").as_int64() == 2);
    BOOST_TEST(summary(client.get(url)) == "4 client; ");
}

BOOST_AUTO_TEST_CASE(when_more_are_put_than_are_kept_then_the_newest_stay) {
    for (const int version : {3, 5, 6}) {
        BOOST_TEST(put(version, "0").status == 200);
    }
    BOOST_TEST(summary(client.get(url)) == "5 client; 6 client; ");
    const auto late = put(4, "0");
    BOOST_TEST(late.status == 409);
    BOOST_TEST(slug_of(late) == "too-late");
    BOOST_TEST(summary(client.get(url)) == "5 client; 6 client; ");
}

BOOST_AUTO_TEST_CASE(when_what_is_put_is_wrong_then_it_is_told_what_of_it) {
    const auto pointer_to = [this](std::string_view body) {
        const auto reply = client.put(url + std::string("/4"), body);
        BOOST_TEST(reply.status == 400, body);
        return text_in(reply, "pointer");
    };
    BOOST_TEST(pointer_to("[]") == "");
    BOOST_TEST(pointer_to(R"({"state":1})") == "");
    BOOST_TEST(pointer_to(R"({"revision":2})") == "");
    BOOST_TEST(pointer_to(R"({"state":1,"revision":"2"})") == "/revision");
    BOOST_TEST(pointer_to(R"({"state":1,"revision":0})") == "/revision");
    BOOST_TEST(pointer_to(R"({"state":1,"revision":4294967296})") == "/revision");
    BOOST_TEST(pointer_to(R"({"state":1,"revision":1})") == "/revision");
    BOOST_TEST(pointer_to(R"({"state":1,"revision":3})") == "/revision");
    BOOST_TEST(pointer_to(R"({"state":{"a":1,"a":1},"revision":2})") == "/state/a");
    BOOST_TEST(pointer_to(R"({"state":1,"revision":2,"version":4})") == "/version");
    BOOST_TEST(client.put(url + std::string("/latest"), R"({"state":1,"revision":2})").status ==
               400);
    BOOST_TEST(client.request("PUT", url + std::string("/4")).status == 400);

    const auto ahead = put(7, "0");
    BOOST_TEST(slug_of(ahead) == "version-not-found");
    BOOST_TEST(json_of(ahead).at("current_version").as_int64() == 6);
    BOOST_TEST(slug_of(client.put("/v1/streams/order/8/snapshots/1",
                                  R"({"state":1,"revision":2})")) == "stream-not-found");
    set_category("order", R"({"decider":{"kind":"external"},"limits":{"state_bytes_max":10}})");
    const auto large = put(4, R"("longer than ten bytes")");
    BOOST_TEST(slug_of(large) == "too-large");
    BOOST_TEST(large.has("limits.state_bytes_max"));
    BOOST_TEST(summary(client.get(url)) == "");
}

BOOST_AUTO_TEST_CASE(when_the_server_is_asked_to_fold_then_it_says_who_does) {
    const auto taken = take();
    BOOST_TEST(taken.status == 400);
    BOOST_TEST(taken.has("external"));
    append("plain/1", R"({"type":"A"})");
    const auto refused =
        client.put("/v1/streams/plain/1/snapshots/1", R"({"state":1,"revision":1})");
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.has("merge_patch"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

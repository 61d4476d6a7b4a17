// A server whose category "order" can be compacted, and what tests ask it.
// Thread: the test's. Errors: as ServedStore.
#pragma once

#include "tests/support/served_store.hpp"

namespace firn::test {

inline constexpr char compactions_of_order_7[] = "/v1/streams/order/7/compactions";
inline constexpr char patient[] = "Prefer: wait=60\r\n";

struct CompactionsServed : ServedStore {
    explicit CompactionsServed(const ServiceConfig& config = {})
        : ServedStore({}, make_memory_store(), config) {
        set_category("order", R"({"decider":{"kind":"merge_patch"}})");
        append_counted("order/7", 10);
    }

    HttpReply compact(std::string_view body, std::string_view fields = patient) {
        return client.post(compactions_of_order_7, body, fields);
    }
    HttpReply run(std::string_view body, std::string_view fields = patient) {
        return client.post("/v1/compactions", body, fields);
    }
    // The report of one that succeeds.
    boost::json::object compacted(std::string_view body) {
        const auto reply = compact(body);
        BOOST_TEST(reply.status == 200, reply.body);
        BOOST_TEST(text_in(reply, "status") == "succeeded", reply.body);
        return json_of(reply);
    }
    std::string pointer_to(std::string_view target, std::string_view body) {
        const auto reply = client.post(target, body);
        BOOST_TEST(reply.status == 400, body);
        BOOST_TEST(slug_of(reply) == "bad-request");
        return text_in(reply, "pointer");
    }
    // "succeeded cancelled " of a page of the list.
    std::string statuses(const std::string& query = "") {
        std::string text;
        const auto page = json_of(client.get("/v1/compactions" + query));
        for (const auto& report : page.at("compactions").as_array()) {
            text += report.at("status").as_string();
            text += ' ';
        }
        return text;
    }
    // Who waits for the end of one that was told to end asks until it is there.
    HttpReply once_over(const std::string& path) {
        for (;;) {
            auto reply = client.get(path);
            const auto status = text_in(reply, "status");
            if (status != "queued" && status != "running") {
                return reply;
            }
        }
    }
};

[[nodiscard]] inline std::uint64_t number_in(const boost::json::object& object,
                                             std::string_view name) {
    return object.at(name).to_number<std::uint64_t>();
}

}  // namespace firn::test

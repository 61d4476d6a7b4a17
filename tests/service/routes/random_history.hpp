// A store with a bit of everything that can be in one, for tests of what must keep all of it.
// Thread: the test's. Errors: failed checks.
#pragma once

#include "tests/service/routes/counter.hpp"
#include "tests/support/import_exchange.hpp"
#include "tests/support/random.hpp"

#include <string>
#include <vector>

namespace firn::test {

inline void set_categories(ServedStore& store) {
    store.set_category("tally", lua_settings(counter_script));
    store.set_category("bill", R"({"snapshots":{"every":5}})");
}

class RandomHistory {
public:
    RandomHistory(ServedStore& store, Random& random) : store_(store), random_(random) {}

    void grow(std::size_t steps) {
        for (std::size_t i = 0; i != steps; ++i) {
            const auto what = random_.below(10);
            if (what < 6) {
                append();
            } else if (what < 8) {
                command();
            } else {
                import_with_times();
            }
        }
    }

private:
    const std::string& id() {
        static const std::vector<std::string> ids = {
            "1", "2", "3", "src%2Fmain%20file", "%C3%BC", "%F0%9F%98%80"};
        return random_.pick(ids);
    }
    const std::string& data() {
        static const std::vector<std::string> values = {
            "{\"n\":1}",
            "{\"text\":\"two\\nlines, \\u0001, \\\"quoted\\\"\"}",
            "{\n  \"a\": 1,\r\n  \"b\": [1,\n2]\n}",
            "\"\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80\"",
            "null",
            "[ ]",
            "-1.50e3",
            "18446744073709551615",
            "{\"deep\":[[[[{\"er\":{}}]]]]}"};
        return random_.pick(values);
    }
    const std::string& metadata() {
        static const std::vector<std::string> values = {"{}", "{\"user\":\"\xC3\xA4\"}",
                                                        "{\n\"m\":\r\n1}"};
        return random_.pick(values);
    }
    std::string new_id() {
        EventId made{};
        for (auto& byte : made) {
            byte = static_cast<std::byte>(random_.below(256));
        }
        return to_text(made);
    }
    std::string event() {
        std::string text = "{\"type\":\"Happened\",\"data\":" + data();
        if (random_.percent(50)) {
            text += ",\"metadata\":" + metadata();
        }
        if (random_.percent(50)) {
            text += ",\"id\":\"" + new_id() + "\"";
        }
        return text + "}";
    }
    std::string fields() {
        return random_.percent(30)
                   ? "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
                   : "";
    }
    void append() {
        std::string body = "{\"events\":[" + event();
        for (auto more = random_.below(8); more != 0; --more) {
            body += "," + event();
        }
        store_.append((random_.percent(50) ? "order/" : "bill/") + id(), body + "]}", fields());
    }
    void command() {
        const auto reply =
            store_.client.post("/v1/streams/tally/" + id() + "/commands",
                               R"({"type":"Twice","id":")" + new_id() + "\"}", fields());
        BOOST_TEST(reply.status == 201, reply.body);
    }
    // Only imports state times.
    void import_with_times() {
        std::string lines;
        for (auto left = random_.between(1, 5); left != 0; --left) {
            lines += R"({"stream":{"category":"old","id":")" + std::to_string(random_.below(3)) +
                     R"("},"type":"Happened","recorded_at":"19)" +
                     std::to_string(random_.between(10, 99)) + "-02-03T04:05:06." +
                     std::to_string(random_.between(100'000, 999'999)) + "Z\"}\n";
        }
        const auto reply = import_into(store_, lines);
        BOOST_TEST(reply.status == 200, reply.body);
    }

    ServedStore& store_;
    Random& random_;
};

// The states of all streams, with versions and hashes of the bodies.
[[nodiscard]] inline std::vector<std::string> all_states(ServedStore& store) {
    std::vector<std::string> states;
    const auto list = json_of(store.client.get("/v1/streams?limit=10000"));
    for (const auto& info : list.at("streams").as_array()) {
        const auto& name = info.at("stream");
        std::string path = "/v1/streams/" + std::string(name.at("category").as_string()) + "/";
        for (const char byte : name.at("id").as_string()) {
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto value = static_cast<unsigned char>(byte);
            path += '%';
            path += digits[value / 16];
            path += digits[value % 16];
        }
        states.push_back(store.client.get(path + "/state").body);
    }
    return states;
}

}  // namespace firn::test

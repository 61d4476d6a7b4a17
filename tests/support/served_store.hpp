// A service served on a free port of loopback: what a client sees. Over the memory model, unless a
// test brings a store of its own. Every answer is held against openapi.json.
// Thread: the test's. Errors: as HttpFrontend and HttpClient.
#pragma once

#include "actors/service.hpp"
#include "service/routes/http_frontend.hpp"
#include "storage/memory/memory_store.hpp"
#include "tests/support/described.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/io_thread.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace firn::test {

[[nodiscard]] inline boost::json::object json_of(const HttpReply& reply) {
    return boost::json::parse(reply.body).as_object();
}

// "wrong-version" of a problem's type.
[[nodiscard]] inline std::string slug_of(const HttpReply& reply) {
    constexpr std::string_view prefix = "urn:firn:problem:";
    const auto json = json_of(reply);
    const std::string_view type = json.at("type").as_string();
    BOOST_TEST(type.starts_with(prefix));
    BOOST_TEST(json.at("status").as_int64() == reply.status);
    BOOST_TEST(!json.at("detail").as_string().empty());
    return std::string(type.substr(prefix.size()));
}
// A member of a problem, or of anything else, as text.
[[nodiscard]] inline std::string text_in(const HttpReply& reply, std::string_view name) {
    return std::string(json_of(reply).at(name).as_string());
}

// A client whose every answer must be as openapi.json describes it.
class DescribedClient : public HttpClient {
public:
    using HttpClient::HttpClient;

    [[nodiscard]] HttpReply request(std::string_view method, std::string_view target,
                                    std::string_view body = {}, std::string_view fields = {}) {
        auto reply = HttpClient::request(method, target, body, fields);
        const auto objection = description_.objection(method, target, reply);
        BOOST_TEST(objection == "", method << " " << target << ": " << objection);
        return reply;
    }
    [[nodiscard]] HttpReply get(std::string_view target, std::string_view fields = {}) {
        return request("GET", target, {}, fields);
    }
    [[nodiscard]] HttpReply post(std::string_view target, std::string_view body,
                                 std::string_view fields = {}) {
        return request("POST", target, body, fields);
    }
    HttpReply put(std::string_view target, std::string_view body, std::string_view fields = {}) {
        return request("PUT", target, body, fields);
    }
    HttpReply erase(std::string_view target, std::string_view fields = {}) {
        return request("DELETE", target, {}, fields);
    }

private:
    Description description_;
};

class ServedStore {
public:
    explicit ServedStore(HttpConfig config = {},
                         std::unique_ptr<EventStore> store = make_memory_store(),
                         const ServiceConfig& service = {})
        : service_(io_.executor(), service, std::move(store)),
          log_(LogLevel::warning),
          http_(io_.executor(), on_free_port(std::move(config)), service_, log_),
          client(http_.port()) {
        http_.start();
    }
    ~ServedStore() {
        io_.run(http_.async_stop());
        io_.run(service_.async_stop());
    }

    [[nodiscard]] std::uint16_t port() const { return http_.port(); }
    [[nodiscard]] EventStore& store() {
        return const_cast<EventStore&>(service_.store());  // to cut without a compaction
    }

    // Appends and expects 201.
    HttpReply append(std::string_view stream, std::string_view body, std::string_view fields = {}) {
        auto reply = client.post("/v1/streams/" + std::string(stream) + "/events", body, fields);
        BOOST_TEST(reply.status == 201, reply.body);
        return reply;
    }
    // n events of type "Counted" with data {"n":1} and so on.
    void append_counted(std::string_view stream, int n) {
        std::string body = "{\"events\":[";
        for (int i = 1; i <= n; ++i) {
            body.append(i == 1 ? "" : ",").append(R"({"type":"Counted","data":{"n":)");
            body.append(std::to_string(i)).append("}}");
        }
        append(stream, body.append("]}"));
    }
    // Sets a category and expects 200.
    HttpReply set_category(std::string_view category, std::string_view settings) {
        auto reply = client.put("/v1/categories/" + std::string(category), settings);
        BOOST_TEST(reply.status == 200, reply.body);
        return reply;
    }

private:
    static HttpConfig on_free_port(HttpConfig config) {
        config.port = 0;
        return config;
    }

    IoThread io_{2};
    Service service_;
    Log log_;
    HttpFrontend http_;

public:
    DescribedClient client;
};

// {"decider":{"kind":"lua","source":…}}
[[nodiscard]] inline std::string lua_settings(std::string_view source) {
    const boost::json::string text(source.data(), source.size());
    return R"({"decider":{"kind":"lua","source":)" + boost::json::serialize(text) + "}}";
}

}  // namespace firn::test

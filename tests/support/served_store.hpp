// A service over the memory model, served on a free port of loopback: what a client sees.
// Thread: the test's. Errors: as HttpFrontend and HttpClient.
#pragma once

#include "actors/service.hpp"
#include "service/routes/http_frontend.hpp"
#include "storage/memory/memory_store.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/io_thread.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

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

class ServedStore {
public:
    explicit ServedStore(HttpConfig config = {})
        : service_(io_.executor(), {}, make_memory_store()),
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
        return const_cast<EventStore&>(service_.store());  // the routes have no cut yet
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
    HttpClient client;
};

}  // namespace firn::test

// One blocking keep-alive connection to a server that may be killed at any moment.
// Thread: one at a time. Errors: throws boost::system::system_error when the server is gone.
#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace firn::test {

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

class HttpConnection {
public:
    explicit HttpConnection(std::uint16_t port)
        : socket_(io_), host_("127.0.0.1:" + std::to_string(port)) {
        socket_.connect({boost::asio::ip::address_v4::loopback(), port});
        socket_.set_option(boost::asio::ip::tcp::no_delay(true));
    }

    HttpAnswer get(const std::string& target, const std::string& accept) {
        return send(boost::beast::http::verb::get, target, {}, accept);
    }
    HttpAnswer post(const std::string& target, std::string body) {
        return send(boost::beast::http::verb::post, target, std::move(body), "application/json");
    }
    HttpAnswer put(const std::string& target, std::string body) {
        return send(boost::beast::http::verb::put, target, std::move(body), "application/json");
    }
    HttpAnswer erase(const std::string& target) {
        return send(boost::beast::http::verb::delete_, target, {}, "application/json");
    }

private:
    HttpAnswer send(boost::beast::http::verb verb, const std::string& target, std::string body,
                    const std::string& accept) {
        namespace http = boost::beast::http;
        http::request<http::string_body> request(verb, target, 11);
        request.set(http::field::host, host_);
        request.set(http::field::accept, accept);
        if (verb == http::verb::post || verb == http::verb::put) {
            request.set(http::field::content_type, "application/json");
        }
        request.body() = std::move(body);
        request.prepare_payload();
        http::write(socket_, request);
        http::response_parser<http::string_body> parser;
        parser.body_limit(boost::none);
        http::read(socket_, buffer_, parser);
        auto response = parser.release();
        return {response.result_int(), std::move(response.body())};
    }

    boost::asio::io_context io_;
    boost::asio::ip::tcp::socket socket_;
    std::string host_;
    boost::beast::flat_buffer buffer_;
};

}  // namespace firn::test

#include "service/http/ground_rules.hpp"

#include "service/http/media_type.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace firn {

namespace {

namespace ip = boost::asio::ip;

// "[::1]:80" is "[::1]" and "80".
struct HostAndPort {
    std::string_view host;
    std::string_view port;
};

HostAndPort split_host(std::string_view authority) noexcept {
    const auto bracket = authority.find(']');
    const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
    if (colon == authority.npos) {
        return {authority, {}};
    }
    return {authority.substr(0, colon), authority.substr(colon + 1)};
}

bool is_port(std::string_view text) noexcept {
    return text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string as_host(const ip::address& address) {
    return address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
}

bool is_address(std::string_view host) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    boost::system::error_code not_an_address;
    ip::make_address(std::string(host), not_an_address);
    return !not_an_address;
}

bool contains(const std::vector<std::string>& texts, std::string_view text) noexcept {
    return std::any_of(texts.begin(), texts.end(), [text](const std::string& candidate) {
        return equal_ignoring_case(candidate, text);
    });
}

}  // namespace

GroundRules::GroundRules(const HttpConfig& config, const ip::tcp::endpoint& listening) {
    const auto address = listening.address();
    any_address_ = address.is_unspecified();
    hosts_.push_back(as_host(address));
    if (address.is_loopback() || any_address_) {
        hosts_.insert(hosts_.end(), {"localhost", "127.0.0.1", "[::1]"});
    }
    for (const auto& host : config.allowed_hosts) {
        const bool with_port = !split_host(host).port.empty();
        (with_port ? authorities_ : hosts_).push_back(host);
    }
    origins_ = config.cors_origins;
    any_origin_ = contains(origins_, "*");
}

bool GroundRules::is_allowed_host(std::string_view authority) const {
    const auto [host, port] = split_host(authority);
    if (host.empty() || !is_port(port)) {
        return false;
    }
    return contains(hosts_, host) || contains(authorities_, authority) ||
           (any_address_ && is_address(host));
}

bool GroundRules::is_listed_origin(std::string_view origin) const {
    return any_origin_ || contains(origins_, origin);
}

std::optional<Problem> GroundRules::check(Request& request, bool has_body) const {
    const auto& headers = request.headers;
    // HTTP/1.0 may come without; browsers never do.
    if (headers.host && !is_allowed_host(*headers.host)) {
        return Problem(Slug::host_not_allowed,
                       "The Host \"" + std::string(*headers.host) +
                           "\" is neither the address this server listens on nor among its "
                           "allowed hosts; add it there if it is meant to reach this server.")
            .with("host", *headers.host);
    }
    if (headers.origin) {
        constexpr std::string_view scheme = "http://";
        const bool own = headers.host && headers.origin->starts_with(scheme) &&
                         equal_ignoring_case(headers.origin->substr(scheme.size()), *headers.host);
        if (!own && !is_listed_origin(*headers.origin)) {
            return Problem(Slug::origin_not_allowed,
                           "Pages of the origin \"" + std::string(*headers.origin) +
                               "\" may not call this server; list it among the CORS origins if "
                               "they should.")
                .with("origin", *headers.origin);
        }
        request.allowed_origin = own ? std::string_view{} : *headers.origin;
    }
    if (!has_body) {
        return std::nullopt;
    }
    const auto type = headers.content_type.value_or(std::string_view{});
    if (is_media_type(type, content_types::json)) {
        request.body_format = BodyFormat::json;
    } else if (is_media_type(type, content_types::ndjson)) {
        request.body_format = BodyFormat::ndjson;
    } else {
        return Problem(Slug::unsupported_media_type,
                       (type.empty() ? std::string("The body has no Content-Type")
                                     : "The Content-Type is \"" + std::string(type) + "\"") +
                           "; a body must be application/json or application/x-ndjson in UTF-8. "
                           "With curl, use --json instead of --data.");
    }
    return std::nullopt;
}

void GroundRules::add_cors_headers(const Request& request, Response& response) const {
    if (!origins_.empty()) {
        response.add_header("Vary", "Origin");
    }
    if (request.allowed_origin.empty()) {
        return;
    }
    response.add_header("Access-Control-Allow-Origin", request.allowed_origin);
    if (request.headers.preflight_method) {
        response.add_header("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
        response.add_header("Access-Control-Allow-Headers",
                            "Accept, Content-Type, If-Match, If-None-Match, Last-Event-ID, "
                            "Prefer, X-Request-Id, traceparent");
        response.add_header("Access-Control-Max-Age", "600");
    } else {
        response.add_header("Access-Control-Expose-Headers",
                            "ETag, Link, Location, Preference-Applied, Retry-After, X-Request-Id");
    }
}

}  // namespace firn

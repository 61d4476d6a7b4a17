#include "service/http/http_config.hpp"

#include <boost/asio/ip/address.hpp>

#include <stdexcept>

namespace firn {

namespace {

void require(bool holds, const char* sentence) {
    if (!holds) {
        throw std::invalid_argument(sentence);
    }
}

void validate_origins(const std::vector<std::string>& origins) {
    for (const auto& origin : origins) {
        const bool has_scheme = origin.starts_with("http://") || origin.starts_with("https://");
        require(origin == "*" || (has_scheme && origin.back() != '/'),
                "http.cors_origins must hold \"*\" or origins such as https://app.example, "
                "without a path");
    }
}

}  // namespace

void HttpConfig::validate() const {
    boost::system::error_code not_an_address;
    boost::asio::ip::make_address(address, not_an_address);
    require(!not_an_address, "http.address must be an IP address such as 127.0.0.1 or ::1");
    for (const auto& host : allowed_hosts) {
        require(!host.empty(), "http.allowed_hosts must not hold an empty name");
    }
    validate_origins(cors_origins);
    require(limits.body_bytes_max > 0, "http.limits.body_bytes_max must be positive");
    require(limits.event_bytes_max > 0, "http.limits.event_bytes_max must be positive");
    require(limits.events_per_request_max > 0,
            "http.limits.events_per_request_max must be positive");
    require(limits.header_bytes_max >= 512, "http.limits.header_bytes_max must be at least 512");
    require(limits.header_bytes_max <= (1u << 20),
            "http.limits.header_bytes_max must be at most 1 MiB");
    require(limits.page_limit_max > 0, "http.limits.page_limit_max must be positive");
    require(limits.page_bytes_max > 0, "http.limits.page_bytes_max must be positive");
    require(limits.live_bytes_max > 0, "http.limits.live_bytes_max must be positive");
    require(limits.connections_max > 0, "http.limits.connections_max must be positive");
    require(timeouts.header.count() > 0, "http.timeouts.header must be positive");
    require(timeouts.body.count() > 0, "http.timeouts.body must be positive");
    require(timeouts.response.count() > 0, "http.timeouts.response must be positive");
    require(timeouts.idle.count() > 0, "http.timeouts.idle must be positive");
    require(timeouts.linger.count() > 0, "http.timeouts.linger must be positive");
    require(timeouts.stop.count() >= 0, "http.timeouts.stop must not be negative");
    require(timeouts.heartbeat.count() > 0, "http.timeouts.heartbeat must be positive");
    require(timeouts.progress.count() > 0, "http.timeouts.progress must be positive");
    require(timeouts.sweep.count() > 0, "http.timeouts.sweep must be positive");
}

}  // namespace firn

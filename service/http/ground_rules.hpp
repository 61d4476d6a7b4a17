// Who may ask and in which form, whatever the path: Host, Origin, Content-Type.
//
// A web page that a user happens to visit can make their browser send requests here. Host stops
// names that were rebound to this address; Origin stops other sites' scripts; the content types
// stop forms, which need no script.
// Thread: const after construction. Errors: a Problem is a refusal.
#pragma once

#include "service/http/http_config.hpp"
#include "service/http/problem.hpp"
#include "service/http/request.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <string>
#include <vector>

namespace firn {

class GroundRules {
public:
    // `listening` with its real port.
    GroundRules(const HttpConfig& config, const boost::asio::ip::tcp::endpoint& listening);

    // Also fills allowed_origin and body_format; `has_body` as the head announces it.
    [[nodiscard]] std::optional<Problem> check(Request& request, bool has_body) const;
    // The answer to a CORS preflight of a listed origin, or to any other OPTIONS.
    void add_cors_headers(const Request& request, Response& response) const;

private:
    [[nodiscard]] bool is_allowed_host(std::string_view host) const;
    [[nodiscard]] bool is_listed_origin(std::string_view origin) const;

    std::vector<std::string> hosts_;        // with any port
    std::vector<std::string> authorities_;  // "name:port", exactly
    std::vector<std::string> origins_;
    bool any_origin_ = false;
    bool any_address_ = false;  // bound to all addresses: any IP address is ours
};

}  // namespace firn

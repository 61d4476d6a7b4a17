// Where the server is, as --url or FIRN_URL state it, and the paths of what it holds.
// Thread: plain values. Errors: CommandFailure (usage) naming the URL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace firn::cli {

inline constexpr std::string_view default_url = "http://127.0.0.1:7070";

struct ServerUrl {
    std::string host;  // a name or an address, IPv6 without brackets
    std::string port;
    std::string
        prefix;  // of every path, when the server stands behind another one; no / at its end

    // "http://[::1]:7070".
    [[nodiscard]] std::string text() const;
    // The value of Host: IPv6 in brackets, the port unless it is 80.
    [[nodiscard]] std::string authority() const;
};

// Plain http only.
[[nodiscard]] ServerUrl parse_server_url(std::string_view text);

// "/v1/streams/file/src%2FMakefile".
[[nodiscard]] std::string stream_path(std::string_view category, std::string_view id);

// "/v1/categories/order".
[[nodiscard]] std::string category_path(std::string_view category);

// "/v1/subscriptions/invoices".
[[nodiscard]] std::string subscription_path(std::string_view name);

// Builds "?from=3&limit=10", values percent-encoded.
class Query {
public:
    Query& add(std::string_view name, std::string_view value);
    Query& add(std::string_view name, std::uint64_t value);
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

}  // namespace firn::cli

#include "service/cli/server_url.hpp"

#include "service/cli/exit_code.hpp"
#include "service/http/percent.hpp"

#include <algorithm>
#include <charconv>

namespace firn::cli {
namespace {

CommandFailure refusal(std::string_view url, const std::string& why) {
    return {ExitCode::usage, "The URL \"" + std::string(url) + "\" " + why +
                                 "; write it like http://127.0.0.1:7070."};
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, port);
    return error == std::errc{} && end == last && port != 0;
}

bool goes_into_a_header(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

std::string ServerUrl::authority() const {
    const bool ipv6 = host.find(':') != std::string::npos;
    const auto name = ipv6 ? "[" + host + "]" : host;
    return port == "80" ? name : name + ":" + port;
}

std::string ServerUrl::text() const {
    return "http://" + authority() + prefix;
}

ServerUrl parse_server_url(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    if (text.starts_with("https://")) {
        throw refusal(text, "asks for TLS, which this program does not speak");
    }
    if (!text.starts_with(scheme)) {
        throw refusal(text, "does not begin with http://");
    }
    if (!goes_into_a_header(text) || text.find_first_of("?#@") != std::string_view::npos) {
        throw refusal(text, "holds more than a host, a port and a path");
    }
    auto authority = text.substr(scheme.size());
    const auto slash = std::min(authority.find('/'), authority.size());
    auto prefix = authority.substr(slash);
    authority = authority.substr(0, slash);
    while (prefix.ends_with('/')) {
        prefix.remove_suffix(1);
    }

    ServerUrl url{{}, "80", std::string(prefix)};
    std::string_view rest;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) {
            throw refusal(text, "has a [ without a ]");
        }
        url.host = authority.substr(1, end - 1);
        rest = authority.substr(end + 1);
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        url.host = authority.substr(0, colon);
        rest = authority.substr(colon);
    }
    if (url.host.empty()) {
        throw refusal(text, "names no host");
    }
    if (!rest.empty()) {
        url.port = rest.substr(1);
        if (rest.front() != ':' || !is_port(url.port)) {
            throw refusal(text, "has no port from 1 to 65535 after its colon");
        }
    }
    return url;
}

std::string stream_path(std::string_view category, std::string_view id) {
    std::string path = "/v1/streams/";
    append_percent_encoded(path, category);
    path += '/';
    append_percent_encoded(path, id);
    return path;
}

std::string category_path(std::string_view category) {
    std::string path = "/v1/categories/";
    append_percent_encoded(path, category);
    return path;
}

std::string subscription_path(std::string_view name) {
    std::string path = "/v1/subscriptions/";
    append_percent_encoded(path, name);
    return path;
}

Query& Query::add(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? '?' : '&';
    text_ += name;
    text_ += '=';
    append_percent_encoded(text_, value);
    return *this;
}

Query& Query::add(std::string_view name, std::uint64_t value) {
    return add(name, std::string_view(std::to_string(value)));
}

}  // namespace firn::cli

// Everything that is served, in one table. openapi.json describes the same; a test compares them.
// Thread: constant. Errors: none.
#pragma once

#include "service/http/path_pattern.hpp"
#include "service/routes/call.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>
#include <string_view>

namespace firn {

struct Route {
    Verb verb;  // get answers HEAD, too
    PathPattern path;
    std::string_view parameters;               // as check_parameters takes them
    std::span<const std::string_view> offers;  // what it can answer with, the usual one first
    // Answers at once, or says false. Null: never.
    bool (*now)(const Call& call);
    // Answers what `now` did not. Null: `now` always answers.
    boost::asio::awaitable<void> (*later)(Call call);
    // It reads the body by itself, of any length.
    bool streams_body = false;
};

[[nodiscard]] std::span<const Route> routes() noexcept;

}  // namespace firn

#include "service/routes/http_frontend.hpp"

#include "service/http/media_type.hpp"
#include "service/routes/route_table.hpp"

#include <boost/assert.hpp>

namespace firn {

namespace asio = boost::asio;

namespace {

bool serves(const Route& route, Verb verb) noexcept {
    return route.verb == verb || (route.verb == Verb::get && verb == Verb::head);
}

// "GET, HEAD, OPTIONS"; empty if there is nothing at this path.
std::string allowed_methods(const RequestTarget& target) {
    std::string allowed;
    for (const auto& route : routes()) {
        if (target.is_asterisk() || route.path.matches(target)) {
            const auto name = verb_name(route.verb);
            if (allowed.find(name) == allowed.npos) {
                allowed.append(name).append(route.verb == Verb::get ? ", HEAD, " : ", ");
            }
        }
    }
    return allowed.empty() ? allowed : allowed + "OPTIONS";
}

bool refuse(Response& response, const Problem& problem) {
    problem.write_to(response);
    return false;
}

// No route takes this path and method.
bool answer_unrouted(const Request& request, Response& response) {
    const auto allowed = allowed_methods(request.target);
    if (allowed.empty()) {
        return refuse(response,
                      Problem(Slug::not_found,
                              "There is nothing at \"" + std::string(request.target.raw_path()) +
                                  "\". GET /v1/openapi.json lists what there is."));
    }
    response.add_header("Allow", allowed);
    if (request.verb == Verb::options) {
        response.status = 204;
        return false;
    }
    return refuse(response, Problem(Slug::method_not_allowed,
                                    "The method " + std::string(request.method) +
                                        " is not allowed here; these are: " + allowed + "."));
}

}  // namespace

HttpFrontend::HttpFrontend(asio::any_io_executor executor, HttpConfig config, Service& service,
                           const Log& log, std::vector<asio::any_io_executor> session_executors)
    : config_(std::move(config)),
      service_(service),
      live_(std::make_shared<LiveFeed>(
          executor, service, LiveFeed::Config{.kept_bytes_max = config_.limits.live_bytes_max})),
      server_(std::move(executor), config_, *this, log, counters_, std::move(session_executors)) {}

// Live feeds end first: they are the one kind of answer that would go on for ever.
asio::awaitable<void> HttpFrontend::async_stop() {
    live_->close();
    co_await server_.async_stop();
    co_await live_->async_close();
}

bool HttpFrontend::admit(Request& request, Response& response) {
    const auto table = routes();
    std::size_t index = 0;
    while (index < table.size() &&
           !(serves(table[index], request.verb) && table[index].path.matches(request.target))) {
        ++index;
    }
    if (index == table.size()) {
        return answer_unrouted(request, response);
    }
    const auto& route = table[index];
    request.route = index;
    request.streams_body = route.streams_body;
    response.varies_by_accept = route.offers.size() > 1;
    if (const auto problem = check_parameters(request.target, route.parameters)) {
        return refuse(response, *problem);
    }
    if (!choose_media_type(request.headers.accept, route.offers)) {
        std::string offers;
        for (const auto offer : route.offers) {
            offers.append(offers.empty() ? "" : ", ").append(offer);
        }
        return refuse(response,
                      Problem(Slug::not_acceptable, "This is served as " + offers +
                                                        ", which the Accept field rules out."));
    }
    return true;
}

bool HttpFrontend::try_now(const Request& request, Response& response) {
    const auto& route = routes()[request.route];
    return route.now != nullptr && route.now(call(request, response));
}

asio::awaitable<void> HttpFrontend::answer(const Request& request, Response& response) {
    const auto& route = routes()[request.route];
    BOOST_ASSERT(route.later != nullptr);
    return route.later(call(request, response));
}

}  // namespace firn

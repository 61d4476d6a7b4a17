// A service over a ScriptedStore on an io_context that runs only while a test waits.
#pragma once

#include "actors/service.hpp"
#include "tests/actors/printing.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>

namespace firn::test {

// What a test started and collects later. Several can be under way.
template <class T>
class Pending {
public:
    Pending(boost::asio::io_context& io, boost::asio::awaitable<T> call)
        : io_(io), value_(std::make_shared<std::optional<T>>()) {
        boost::asio::co_spawn(io, std::move(call),
                              [value = value_](std::exception_ptr failure, T result) {
                                  if (failure) {
                                      std::rethrow_exception(failure);
                                  }
                                  value->emplace(std::move(result));
                              });
    }

    [[nodiscard]] bool done() const { return value_->has_value(); }
    T get() {
        while (!done()) {
            io_.run_one();
        }
        return std::move(**value_);
    }

private:
    boost::asio::io_context& io_;
    std::shared_ptr<std::optional<T>> value_;
};

// A fold's turn takes as long as it takes, so that how often it is split does not depend on the
// machine.
inline ServiceConfig unhurried(ServiceConfig config = {}) {
    config.actors.turn_max = std::chrono::hours{1};
    return config;
}

struct ServiceFixture {
    explicit ServiceFixture(const ServiceConfig& config = unhurried())
        : service(std::make_unique<Service>(io.get_executor(), config,
                                            std::make_unique<ScriptedStore>(store))) {}
    ~ServiceFixture() {
        if (service) {
            store->release();
            service->stop();
        }
    }

    template <class T>
    Pending<T> start(boost::asio::awaitable<T> call) {
        Pending<T> pending(io, std::move(call));
        io.restart();
        io.poll();
        return pending;
    }
    template <class T>
    T run(boost::asio::awaitable<T> call) {
        io.restart();
        return Pending<T>(io, std::move(call)).get();
    }

    AppendOutcome append(const std::vector<TestEvent>& events,
                         Expected expected = Expected::any()) {
        return run(service->append({name, expected, encode(events)}));
    }
    Pending<AppendOutcome> start_append(const std::vector<TestEvent>& events,
                                        Expected expected = Expected::any()) {
        return start(service->append({name, expected, encode(events)}));
    }
    StateResult state(std::optional<Version> version = std::nullopt) {
        return run(service->state(name, version));
    }
    // The state's JSON, or the error's text.
    std::string state_text(std::optional<Version> version = std::nullopt) {
        const auto result = state(version);
        return result ? *result->json : result.error().error.message();
    }
    [[nodiscard]] std::string cached_text() const {
        const auto view = service->cached_state(name);
        return view ? *view->json : "";
    }

    static TestEvent patch(std::string data) {
        TestEvent event;
        event.data = std::move(data);
        return event;
    }

    boost::asio::io_context io{1};
    std::shared_ptr<StoreScript> store = std::make_shared<StoreScript>();
    std::unique_ptr<Service> service;
    StreamName name{"account", "42"};
};

}  // namespace firn::test

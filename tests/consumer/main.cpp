// Firn inside another program: on that program's own io_context, without HTTP.
// Appends an event, reads the state it leads to, stops. Exits 0 if all of it went as it must.
//
//   consumer DIRECTORY     keeps its events there
#include "actors/service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>

namespace {

const firn::StreamName cart{"cart", "42"};

std::shared_ptr<const firn::EncodedEvents> item_added() {
    firn::NewEvent event;
    event.id.fill(std::byte{0x42});
    event.type = "ItemAdded";
    event.data = R"({"items":1})";
    auto events = std::make_shared<firn::EncodedEvents>();
    events->add(event);
    return events;
}

bool is_right(bool condition, const char* sentence) {
    if (!condition) {
        std::cerr << "not so: " << sentence << '\n';
    }
    return condition;
}

boost::asio::awaitable<bool> append_and_read(firn::Service& service) {
    const auto outcome = co_await service.append({cart, firn::Expected::none(), item_added()});
    if (!is_right(!outcome.error, "the event is durable")) {
        std::cerr << outcome.error.message() << '\n';
        co_return false;
    }
    const auto state = co_await service.state(cart, std::nullopt);
    co_return is_right(outcome.appended.version == firn::Version{1}, "it is the first event") &&
        is_right(state.has_value(), "the stream has a state") &&
        is_right(state->version == firn::Version{1}, "the state is that of the first event") &&
        is_right(*state->json == R"({"items":1})", "the state is what the event said");
}

boost::asio::awaitable<bool> use(firn::Service& service) {
    const bool right = co_await append_and_read(service);
    co_await service.async_stop();
    co_return right;
}

bool run(const char* directory) {
    boost::asio::io_context io;
    firn::ServiceConfig config;
    config.data = directory;
    firn::Service service(io.get_executor(), config);

    bool right = false;
    std::exception_ptr failure;
    boost::asio::co_spawn(io, use(service), [&](std::exception_ptr thrown, bool answer) {
        failure = thrown;
        right = answer;
    });
    // Returns by itself: a stopped service leaves no work behind.
    io.run();
    if (failure) {
        std::rethrow_exception(failure);
    }
    return right;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: consumer DIRECTORY\n";
        return EXIT_FAILURE;
    }
    try {
        return run(argv[1]) ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << '\n';
        return EXIT_FAILURE;
    }
}

// Prints the state of every stream of category `file`, a JSON object a line, folded by a decider
// in C++ inside this program.
//
//   file_states DIRECTORY     a store that nobody else has open
#include "actors/json/value.hpp"
#include "actors/typed_stream.hpp"
#include "tests/support/file_history.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace {

using firn::test::FileHistory;

boost::asio::awaitable<void> print_state(firn::Service& service, std::string id) {
    const auto state = co_await service.stream<FileHistory>("file", id).state();
    if (!state) {
        throw std::runtime_error("no state of " + id + ": " + state.error().error.message());
    }
    std::string line = "{\"id\":";
    firn::write_json_string(line, id);
    line += ",\"state\":";
    firn::write_json(line, boost::json::value_from(state->state));
    std::cout << line << "}\n";
}

boost::asio::awaitable<void> print_states(firn::Service& service) {
    firn::ListQuery query;
    query.category = "file";
    query.limit = 1000;
    for (bool more = true; more;) {
        const auto list = service.store().list(query);
        if (!list) {
            throw std::runtime_error("the streams cannot be listed: " + list.error().message());
        }
        for (const auto& facts : list->streams) {
            co_await print_state(service, facts.stream.id);
        }
        more = list->more;
        query.after = more ? list->streams.back().stream : firn::StreamName();
    }
    co_await service.async_stop();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: file_states DIRECTORY\n";
        return 2;
    }
    try {
        boost::asio::io_context io;
        firn::ServiceConfig config;
        config.data = argv[1];
        firn::Service service(io.get_executor(), config);
        service.register_decider<FileHistory>("file");
        std::exception_ptr failure;
        boost::asio::co_spawn(io, print_states(service),
                              [&failure](std::exception_ptr thrown) { failure = thrown; });
        io.run();
        if (failure) {
            std::rethrow_exception(failure);
        }
    } catch (const std::exception& error) {
        std::cerr << "file_states: " << error.what() << '\n';
        return 1;
    }
    return 0;
}

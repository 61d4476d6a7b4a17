#include "tests/crash/crash_run.hpp"

#include "tests/crash/server_process.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

namespace firn::test {

namespace {

void require(bool holds, const std::string& sentence) {
    if (!holds) {
        throw std::runtime_error(sentence);
    }
}

}  // namespace

CrashRun::CrashRun(Random& random, Clients clients)
    : random_(random), clients_(std::move(clients)) {}

void CrashRun::round() {
    if (random_.percent(20)) {
        die_while_opening();
    }
    ServerProcess server(directory_.path());
    server.wait_until_ready();
    if (!prepared_) {
        prepare(server.port());
        prepared_ = true;
    }
    (void)check(server.port());
    std::vector<std::thread> threads;
    threads.emplace_back([this, &server] {
        try {
            beside_clients(server.port());
        } catch (...) {
            beside_failed_ = std::current_exception();
        }
    });
    for (const auto& client : clients_) {
        threads.emplace_back([&client, &server] { client->write_until_gone(server.port()); });
    }
    try {
        wait_for_first_answer();
        // The moment of death is what this test is about; nothing is waited for here.
        std::this_thread::sleep_for(std::chrono::milliseconds(random_.between(0, 500)));
    } catch (...) {
        server.kill();
        std::ranges::for_each(threads, &std::thread::join);
        throw;
    }
    server.kill();
    std::ranges::for_each(threads, &std::thread::join);
    server.require_killed();
    if (beside_failed_) {
        std::rethrow_exception(beside_failed_);
    }
}

void CrashRun::finish() {
    ServerProcess server(directory_.path());
    server.wait_until_ready();
    check_last(server.port(), check(server.port()));
    require(server.stop() == 0, "the program did not stop in good order");
    std::uint64_t acknowledged = 0;
    std::uint64_t replays = 0;
    for (const auto& client : clients_) {
        acknowledged += client->acknowledged().size();
        replays += client->replays();
    }
    std::cout << events_ << " events, " << acknowledged << " acknowledged appends, " << replays
              << " requests known when they were repeated" << std::endl;
    require(acknowledged > 0, "nothing was acknowledged");
}

// Once in a run: on a slow machine all deaths might come before the first answer, and the test
// would have looked at nothing.
void CrashRun::wait_for_first_answer() const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (
        std::ranges::none_of(clients_, [](const auto& client) { return client->has_answer(); })) {
        require(std::chrono::steady_clock::now() < until, "no request was answered in a minute");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void CrashRun::die_while_opening() {
    ServerProcess server(directory_.path());
    std::this_thread::sleep_for(std::chrono::milliseconds(random_.between(0, 60)));
    server.kill();
    server.require_killed();
}

HistoryCheck CrashRun::check(std::uint16_t port) {
    HistoryCheck history(port);
    for (const auto& client : clients_) {
        for (const auto& complaint : client->complaints()) {
            throw std::runtime_error(complaint);
        }
        for (const auto& acknowledged : client->acknowledged()) {
            history.check_acknowledged(acknowledged);
        }
        if (client->in_doubt()) {
            history.check_in_doubt(*client->in_doubt());
        }
    }
    history.check_streams();
    check_more(history);
    events_ = history.events();
    return history;
}

}  // namespace firn::test

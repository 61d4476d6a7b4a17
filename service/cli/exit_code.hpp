// How every command of the program ends; `firn --help` documents the same numbers.
// Thread: plain values. Errors: CommandFailure carries a sentence and one of these out to main;
// Stopped the signal that ended a command, about which there is nothing to say.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

namespace firn::cli {

enum class ExitCode : int {
    ok = 0,
    refused = 1,       // the server refused the request, or could not carry it out
    usage = 2,         // arguments, variables or the configuration file are wrong
    unreachable = 3,   // no connection to the server, or it was lost
    damaged = 4,       // verification found damage
    bad_input = 5,     // the input cannot be read, or is not what the command expects
    cannot_start = 6,  // the store could not be opened, or the address not listened on
    unclean_stop = 7,  // serving ended before everything was closed
    exec_failed = 8,   // subscribe: the command that takes events failed, and was not tried again
};

// A command that was ended early ends with 128 + the signal's number, as a shell says it.
class Stopped : public std::exception {
public:
    explicit Stopped(int signal) noexcept : signal_(signal) {}
    [[nodiscard]] const char* what() const noexcept override { return "stopped"; }
    [[nodiscard]] ExitCode code() const noexcept { return static_cast<ExitCode>(128 + signal_); }

private:
    int signal_;
};

// What a command tells a person before it ends with `code`.
class CommandFailure : public std::runtime_error {
public:
    CommandFailure(ExitCode code, const std::string& sentence)
        : std::runtime_error(sentence), code_(code) {}
    [[nodiscard]] ExitCode code() const noexcept { return code_; }

private:
    ExitCode code_;
};

}  // namespace firn::cli

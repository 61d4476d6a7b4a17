// The real program as a child: its output, its end, its signals.
// Thread: one. Errors: std::system_error if it cannot be started. A child that still runs when it
// is destroyed is killed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace firn::test {

class ChildProcess {
public:
    // Standard error goes to the file, standard output to this process.
    ChildProcess(const std::vector<std::string>& arguments, const std::filesystem::path& errors);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    // Waits for one line of output; what there was without a line feed if the child ends first.
    [[nodiscard]] std::string read_line();
    // Everything until the child closes its output.
    [[nodiscard]] std::string read_all();
    void send(int signal) const;
    // The exit code; of a child that a signal ended, 128 + its number.
    int wait();

private:
    bool fill();

    pid_t pid_ = -1;
    int output_ = -1;
    std::string buffer_;
};

}  // namespace firn::test

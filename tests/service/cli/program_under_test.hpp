// The real program, as tests start it: a server on any port, and commands that ask it.
// Thread: one. Errors: std::runtime_error if the server does not come up.
#pragma once

#include "service/cli/server_url.hpp"
#include "tests/service/cli/child_process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/whole_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace firn::test {

struct Ended {
    int code = 0;
    std::string output;
    std::string errors;
};

// Runs the program to its end.
[[nodiscard]] Ended run_firn(const std::vector<std::string>& arguments);

// `firn serve` on a data directory.
class ServerProcess {
public:
    // With further options of `firn serve`; on any port, unless they say where to listen.
    explicit ServerProcess(const std::filesystem::path& data,
                           const std::vector<std::string>& options = {});

    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    // A command against this server.
    [[nodiscard]] Ended run(std::vector<std::string> arguments) const;
    // The same, to be started as a ChildProcess.
    [[nodiscard]] std::vector<std::string> command(std::vector<std::string> arguments) const;
    // Where another one may listen after this one's end.
    [[nodiscard]] std::string address() const { return url_.substr(sizeof "http://" - 1); }
    [[nodiscard]] std::string log() const { return text_of(log_); }

    void kill();
    // SIGTERM, and its exit code.
    [[nodiscard]] int stop();
    void send(int signal) const { process_.send(signal); }
    [[nodiscard]] int wait() { return process_.wait(); }

private:
    TemporaryDirectory directory_;
    std::filesystem::path log_;
    ChildProcess process_;
    std::string url_;
};

// The program's path.
[[nodiscard]] std::string firn_path();

}  // namespace firn::test

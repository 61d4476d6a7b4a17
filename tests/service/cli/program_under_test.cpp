#include "tests/service/cli/program_under_test.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace firn::test {

std::string firn_path() {
    return FIRN_PROGRAM;
}

Ended run_firn(const std::vector<std::string>& arguments) {
    const TemporaryDirectory directory;
    const auto errors = directory.path() / "errors";
    std::vector<std::string> all{firn_path()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    ChildProcess process(all, errors);
    Ended ended;
    ended.output = process.read_all();
    ended.code = process.wait();
    ended.errors = text_of(errors);
    return ended;
}

namespace {

std::vector<std::string> serve_arguments(const std::filesystem::path& data,
                                         const std::vector<std::string>& options) {
    std::vector<std::string> arguments{firn_path(), "serve", "--data", data.string()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    if (std::find(options.begin(), options.end(), "--listen") == options.end()) {
        arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
    }
    return arguments;
}

}  // namespace

ServerProcess::ServerProcess(const std::filesystem::path& data,
                             const std::vector<std::string>& options)
    : log_(directory_.path() / "log"), process_(serve_arguments(data, options), log_) {
    const auto line = process_.read_line();
    const auto begin = line.find("http://");
    if (begin == std::string::npos) {
        throw std::runtime_error("The server did not come up: " + line + log());
    }
    url_ = line.substr(begin, line.find(',', begin) - begin);
}

Ended ServerProcess::run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--url", url_});
    return run_firn(arguments);
}

std::vector<std::string> ServerProcess::command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), firn_path());
    arguments.insert(arguments.end(), {"--url", url_});
    return arguments;
}

void ServerProcess::kill() {
    process_.send(SIGKILL);
    process_.wait();
}

int ServerProcess::stop() {
    process_.send(SIGTERM);
    return process_.wait();
}

}  // namespace firn::test

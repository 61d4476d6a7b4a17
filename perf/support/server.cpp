#include "perf/support/server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

namespace firn::perf {

namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool listens(std::uint16_t port) {
    const auto address = loopback(port);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected =
        ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    ::close(socket);
    return connected;
}

// In the child: only what is safe after fork().
[[noreturn]] void become(char* const* command, int output, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() == parent) {
        ::dup2(output, STDOUT_FILENO);
        ::dup2(output, STDERR_FILENO);
        ::execvp(command[0], command);
    }
    ::_exit(127);
}

std::filesystem::path beside_this_program() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "firn";
}

}  // namespace

std::uint16_t free_port() {
    auto address = loopback(0);
    socklen_t size = sizeof(address);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
              ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0,
          "no port is free");
    ::close(socket);
    return ntohs(address.sin_port);
}

Server::Server(std::vector<std::string> command, std::uint16_t port,
               const std::filesystem::path& log)
    : port_(port) {
    std::vector<char*> arguments;
    for (auto& argument : command) {
        arguments.push_back(argument.data());
    }
    arguments.push_back(nullptr);
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    check(output >= 0, "cannot write " + log.string());
    const auto parent = ::getpid();
    const auto child = ::fork();
    check(child >= 0, "cannot start " + command.front());
    if (child == 0) {
        become(arguments.data(), output, parent);
    }
    ::close(output);
    pid_ = child;
    // A minute: others may keep the machine busy.
    for (int i = 0; i < 2'400; ++i) {
        check(::waitpid(child, nullptr, WNOHANG) == 0, command.front() + " ended at once");
        if (listens(port_)) {
            return;
        }
        std::this_thread::sleep_for(25ms);
    }
    fail(command.front() + " does not listen");
}

Server::~Server() {
    if (pid_ != 0) {
        ::kill(static_cast<pid_t>(pid_), SIGKILL);
        ::waitpid(static_cast<pid_t>(pid_), nullptr, 0);
    }
}

double Server::cpu_seconds() const {
    std::ifstream in(fmt::format("/proc/{}/stat", pid_));
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    // The name, which may hold blanks, ends at the last bracket; user and system time are fields
    // 14 and 15.
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        fields >> skipped;
    }
    double user = 0;
    double system = 0;
    fields >> user >> system;
    check(!fields.fail(), "the server's times cannot be read");
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void Server::stop() {
    ::kill(static_cast<pid_t>(pid_), SIGTERM);
    for (int i = 0; i < 600; ++i) {
        int status = 0;
        if (::waitpid(static_cast<pid_t>(pid_), &status, WNOHANG) != 0) {
            pid_ = 0;
            check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a server did not stop cleanly");
            return;
        }
        std::this_thread::sleep_for(25ms);
    }
    fail("a server does not stop");
}

std::unique_ptr<Server> serve_firn(const Options& options, const std::filesystem::path& work) {
    const auto port = free_port();
    std::vector<std::string> command{
        beside_this_program(), "serve",    "--data",
        work / "store",        "--listen", fmt::format("127.0.0.1:{}", port),
        "--log-level",         "warning"};
    for (std::size_t i = 0; i < options.rest.size(); ++i) {
        if (options.rest[i] == "--firn" && i + 1 < options.rest.size()) {
            command.front() = options.rest[++i];
        } else {
            command.push_back(options.rest[i]);
        }
    }
    return std::make_unique<Server>(std::move(command), port, work / "firn.log");
}

}  // namespace firn::perf

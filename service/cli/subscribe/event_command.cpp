#include "service/cli/subscribe/event_command.hpp"

#include "service/cli/exit_code.hpp"

#include <cerrno>
#include <csignal>
#include <system_error>

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace firn::cli {

namespace {

CommandFailure failed(const char* what, int error) {
    return {ExitCode::exec_failed,
            std::string(what) + ": " + std::generic_category().message(error) + "."};
}

// A command may end without reading its input, and may read it late: so it gets a file, not a pipe.
class InputOfCommand {
public:
    explicit InputOfCommand(std::string_view line)
        : descriptor_(::memfd_create("event", MFD_CLOEXEC)) {
        if (descriptor_ < 0) {
            throw failed("The command cannot be given its input", errno);
        }
        write(line);
        write("\n");
        ::lseek(descriptor_, 0, SEEK_SET);
    }
    ~InputOfCommand() { ::close(descriptor_); }
    InputOfCommand(const InputOfCommand&) = delete;
    InputOfCommand& operator=(const InputOfCommand&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    void write(std::string_view text) const {
        while (!text.empty()) {
            const auto written = ::write(descriptor_, text.data(), text.size());
            if (written < 0) {
                throw failed("The command cannot be given its input", errno);
            }
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    int descriptor_;
};

pid_t start(const std::string& command, int input) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::string shell = "sh";
    std::string flag = "-c";
    auto text = command;
    char* const arguments[] = {shell.data(), flag.data(), text.data(), nullptr};
    pid_t child = -1;
    const auto failure =
        ::posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) {
        throw failed("The command cannot be started", failure);
    }
    return child;
}

}  // namespace

int run_event_command(const std::string& command, std::string_view line) {
    const InputOfCommand input(line);
    const auto child = start(command, input.descriptor());
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace firn::cli

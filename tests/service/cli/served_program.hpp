// What tests of the real program begin with: a directory, and a server over data in it.
// Thread: the test's. Errors: as ServerProcess.
#pragma once

#include "tests/service/cli/program_under_test.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace firn::test {

// Whether the part is in the text; if not, a message shows the text.
[[nodiscard]] inline bool contains(const std::string& text, const std::string& part) {
    if (text.find(part) != std::string::npos) {
        return true;
    }
    BOOST_TEST_MESSAGE("\"" << part << "\" is not in: " << text);
    return false;
}

struct Program {
    TemporaryDirectory directory;
    std::filesystem::path data = directory.path() / "data";

    // The path of a file with this text; the next one takes its place.
    [[nodiscard]] std::string write(const std::string& text) const {
        const auto path = directory.path() / "input";
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }
};

struct ServedProgram : Program {
    ServerProcess server{data};

    // Another one where the first has ended.
    [[nodiscard]] ServerProcess start_again() const {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        for (;;) {
            try {
                return ServerProcess(data, {"--listen", server.address()});
            } catch (const std::runtime_error& error) {
                // A connection of another program may have the port for a while.
                const bool taken = contains(error.what(), "Address already in use");
                if (!taken || std::chrono::steady_clock::now() > until) {
                    throw;
                }
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    }
};

}  // namespace firn::test

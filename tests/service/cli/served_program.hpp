// What tests of the real program begin with: a directory, and a server over data in it.
// Thread: the test's. Errors: as ServerProcess.
#pragma once

#include "tests/service/cli/program_under_test.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <stdexcept>
#include <string>

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
        for (;;) {
            try {
                return ServerProcess(data, {"--listen", server.address()});
            } catch (const std::runtime_error& error) {
                // A connection of another program may have the port for a while.
                if (!contains(error.what(), "Address already in use")) {
                    throw;
                }
            }
        }
    }
};

}  // namespace firn::test

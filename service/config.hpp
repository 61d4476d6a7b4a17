// Everything that can be set about the program, with its defaults. service/cli/settings.hpp gives
// each field its name in files, variables and flags.
// Thread: plain value. Errors: validate() throws std::invalid_argument naming the field.
#pragma once

#include "actors/service.hpp"
#include "service/http/http_config.hpp"

#include <string>

namespace firn {

struct ProgramConfig {
    ServiceConfig service;
    HttpConfig http;

    // Threads that serve requests; 0: one less than processors.
    std::uint32_t threads = 0;
    // Allows listening where other machines can reach it, without any authentication.
    bool insecure = false;

    struct Log {
        std::string level = "info";  // debug, info, warning, error
    } log;

    void validate() const;
};

}  // namespace firn

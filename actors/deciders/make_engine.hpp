// From a decider as a user describes it to the engine that runs it.
// Thread: any. Errors: InvalidDecider, with a reason for a person.
#pragma once

#include "actors/deciders/engine.hpp"

#include <functional>
#include <map>
#include <string>

namespace firn {

struct DeciderSpec {
    std::string kind = "merge_patch";
    std::string source;  // lua
    std::string name;    // native

    friend bool operator==(const DeciderSpec&, const DeciderSpec&) = default;
};

// What an embedder registered under a name.
struct NativeDecider {
    std::shared_ptr<const DeciderEngine> engine;
    std::uint32_t code_revision = 1;  // the embedder raises it when the meaning changes
};
using NativeDeciders = std::map<std::string, NativeDecider, std::less<>>;

struct InvalidDecider {
    std::string reason;
    int line = 0;  // of the source; 0: none in particular
};

[[nodiscard]] boost::system::result<std::shared_ptr<const DeciderEngine>, InvalidDecider>
make_engine(const DeciderSpec& spec, const NativeDeciders& natives);

}  // namespace firn

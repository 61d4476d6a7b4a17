#include "tests/actors/deciders/lua/sample_hashes.hpp"

#include "actors/deciders/lua/lua_engine.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "tests/actors/deciders/lua/sample_streams.hpp"

namespace firn::test {

namespace {

std::string hash_line(const FoldedState& state) {
    std::string json;
    if (const auto failure = state.write_json(json)) {
        return *failure;
    }
    const auto value = parse_json(json);
    return value ? to_hex(state_hash(*value)) : "no JSON: " + json;
}

}  // namespace

std::vector<std::string> sample_hashes() {
    std::vector<std::string> lines;
    for (const auto& stream : sample_streams()) {
        const auto engine = make_lua_engine(stream.source);
        if (!engine) {
            lines.push_back(engine.error().reason);
            continue;
        }
        const auto state = (*engine)->initial();
        Version version;
        for (const auto& [type, data] : stream.events) {
            version = version.next();
            EventView event;
            event.version = version;
            event.type = type;
            event.data = data;
            event.metadata = R"({"user":"ann"})";
            if (const auto failure = state->evolve(event)) {
                lines.push_back(*failure);
                break;
            }
            lines.push_back(std::string(stream.name) + " " + hash_line(*state));
        }
    }
    return lines;
}

}  // namespace firn::test

#include "actors/deciders/make_engine.hpp"

#include "actors/deciders/external.hpp"
#include "actors/deciders/json_patch.hpp"
#include "actors/deciders/lua/lua_engine.hpp"
#include "actors/deciders/merge_patch.hpp"

namespace firn {

boost::system::result<std::shared_ptr<const DeciderEngine>, InvalidDecider> make_engine(
    const DeciderSpec& spec, const NativeDeciders& natives) {
    if (spec.kind == "merge_patch") {
        return make_merge_patch_engine();
    }
    if (spec.kind == "json_patch") {
        return make_json_patch_engine();
    }
    if (spec.kind == "external") {
        return make_external_engine();
    }
    if (spec.kind == "lua") {
        auto engine = make_lua_engine(spec.source);
        if (!engine) {
            return InvalidDecider{std::move(engine.error().reason), engine.error().line};
        }
        return std::move(*engine);
    }
    const auto native = natives.find(spec.name);
    if (native == natives.end()) {
        return InvalidDecider{"this program registers no native decider \"" + spec.name + "\""};
    }
    return native->second.engine;
}

}  // namespace firn

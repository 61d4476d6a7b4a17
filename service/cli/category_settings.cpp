#include "service/cli/category_settings.hpp"

#include "actors/json/scanner.hpp"
#include "service/cli/json_layout.hpp"
#include "service/http/json_object.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace firn::cli {
namespace {

class SettingsNow {
public:
    explicit SettingsNow(std::string_view json) : json_(json) {
        JsonScanner names(json_member(json, "defaults"));
        if (names.peek() != JsonKind::array) {
            return;
        }
        names.enter_array();
        std::string scratch;
        while (names.next_element()) {
            defaults_.emplace_back(as_string(names.take(), scratch).value_or(""));
        }
    }
    // The value as JSON; empty if nobody set it.
    [[nodiscard]] std::string_view member(const std::string& group, const char* name) const {
        return is_default(group + "." + name) ? std::string_view()
                                              : json_member(json_member(json_, group), name);
    }
    // As PUT takes it.
    [[nodiscard]] std::string decider() const {
        const auto declared = json_member(json_, "decider");
        if (is_default("decider") || declared.empty()) {
            return {};
        }
        std::string json;
        JsonObject kept(json);
        for (const char* name : {"kind", "source", "name"}) {
            if (const auto text = json_member(declared, name); !text.empty()) {
                kept.begin(name).append(text);
            }
        }
        kept.end();
        return json;
    }

private:
    [[nodiscard]] bool is_default(const std::string& name) const {
        return std::ranges::find(defaults_, name) != defaults_.end();
    }

    std::string_view json_;
    std::vector<std::string> defaults_;
};

struct Member {
    const char* name;
    std::optional<std::uint32_t> asked = {};
};

void append_group(JsonObject& settings, const char* group, std::initializer_list<Member> members,
                  const SettingsNow& now) {
    JsonObject object(settings.begin(group));
    for (const auto& [name, asked] : members) {
        if (asked) {
            object.add(name, *asked);
        } else if (const auto kept = now.member(group, name); !kept.empty()) {
            object.begin(name).append(kept);
        }
    }
    object.end();
}

}  // namespace

std::string merged_settings(const SettingsChange& change, std::string_view json_now) {
    const SettingsNow now(json_now);
    std::string json;
    JsonObject settings(json);
    if (const auto decider = change.decider.empty() ? now.decider() : change.decider;
        !decider.empty()) {
        settings.begin("decider").append(decider);
    }
    append_group(settings, "snapshots",
                 {{"every", change.snapshots_every}, {"keep", change.snapshots_keep}}, now);
    append_group(settings, "compaction", {{"enabled"}, {"keep_last"}, {"min_events"}}, now);
    append_group(settings, "limits", {{"state_bytes_max"}}, now);
    settings.end();
    return json;
}

}  // namespace firn::cli

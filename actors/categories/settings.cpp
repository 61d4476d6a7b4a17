#include "actors/categories/settings.hpp"

#include "actors/json/scanner.hpp"
#include "actors/json/value.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

namespace firn {

namespace {

constexpr std::uint64_t every_max = 1'000'000'000;
constexpr std::uint64_t keep_max = 1000;
constexpr std::uint64_t state_bytes_limit = std::uint64_t{1} << 30;

constexpr std::array<std::string_view, 5> decider_kinds{"merge_patch", "json_patch", "lua",
                                                        "native", "external"};

// One member that a settings object may have.
struct Member {
    std::string_view name;
    std::function<void(JsonScanner&)> read;
};

void read_object(JsonScanner& in, std::initializer_list<Member> members) {
    if (!in.enter_object()) {
        in.refuse("An object is expected here.");
        return;
    }
    while (const auto name = in.next_member()) {
        const auto* const found = std::ranges::find(members, *name, &Member::name);
        if (found != members.end()) {
            found->read(in);
            continue;
        }
        std::string known;
        for (const auto& member : members) {
            known.append(known.empty() ? "" : ", ").append(member.name);
        }
        in.take();
        in.refuse("There is no such setting; there are: " + known + ".");
    }
}

template <class Integer>
auto into(std::optional<Integer>& target, std::uint64_t least, std::uint64_t most) {
    return [&target, least, most](JsonScanner& in) {
        const auto number = as_uint64(in.take());
        if (!number || *number < least || *number > most) {
            in.refuse("An integer from " + std::to_string(least) + " to " + std::to_string(most) +
                      " is expected here.");
            return;
        }
        target = static_cast<Integer>(*number);
    };
}

auto into(std::optional<bool>& target) {
    return [&target](JsonScanner& in) {
        target = as_bool(in.take());
        if (!target) {
            in.refuse("true or false is expected here.");
        }
    };
}

auto into(std::string& target) {
    return [&target](JsonScanner& in) {
        std::string scratch;
        const auto text = as_string(in.take(), scratch);
        if (!text) {
            in.refuse("A string is expected here.");
            return;
        }
        target = *text;
    };
}

auto into(SnapshotSettings& target) {
    return [&target](JsonScanner& in) {
        read_object(in, {{"every", into(target.every, 0, every_max)},
                         {"keep", into(target.keep, 1, keep_max)}});
    };
}

// What the kind needs, and nothing else.
std::string objection(const DeciderSpec& spec, bool has_kind) {
    if (!has_kind) {
        return "A decider needs its kind: merge_patch, json_patch, lua, native or external.";
    }
    if (std::ranges::find(decider_kinds, spec.kind) == decider_kinds.end()) {
        return "There is no decider of kind \"" + spec.kind +
               "\"; there are: merge_patch, json_patch, lua, native, external.";
    }
    if ((spec.kind == "lua") != !spec.source.empty()) {
        return spec.kind == "lua" ? "A lua decider needs its source."
                                  : "Only a lua decider has a source.";
    }
    if ((spec.kind == "native") != !spec.name.empty()) {
        return spec.kind == "native" ? "A native decider needs the name it was registered under."
                                     : "Only a native decider has a name.";
    }
    return {};
}

auto into(std::optional<DeciderSpec>& target) {
    return [&target](JsonScanner& in) {
        DeciderSpec spec;
        spec.kind.clear();
        read_object(
            in,
            {{"kind", into(spec.kind)}, {"source", into(spec.source)}, {"name", into(spec.name)}});
        if (in.failed()) {
            return;
        }
        if (auto reason = objection(spec, !spec.kind.empty()); !reason.empty()) {
            in.refuse(std::move(reason));
            return;
        }
        target = std::move(spec);
    };
}

template <class Settings>
ParsedSettings<Settings> parse(std::string_view json, std::initializer_list<Member> members,
                               Settings& settings) {
    JsonScanner in(json);
    read_object(in, members);
    if (!in.finish()) {
        return in.error();
    }
    return std::move(settings);
}

// Writes {"a":1,"b":…} without caring which member is the first.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    ~ObjectWriter() { out_ += '}'; }
    ObjectWriter(const ObjectWriter&) = delete;
    ObjectWriter& operator=(const ObjectWriter&) = delete;

    std::string& member(std::string_view name) {
        out_ += first_ ? "" : ",";
        first_ = false;
        write_json_string(out_, name);
        return out_ += ':';
    }
    template <class Integer>
    void optional(std::string_view name, const std::optional<Integer>& value) {
        if (value) {
            member(name) += std::to_string(*value);
        }
    }
    void optional(std::string_view name, const std::optional<bool>& value) {
        if (value) {
            member(name) += *value ? "true" : "false";
        }
    }
    void text(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            write_json_string(member(name), value);
        }
    }

private:
    std::string& out_;
    bool first_ = true;
};

void write(ObjectWriter& out, const SnapshotSettings& snapshots) {
    ObjectWriter inner(out.member("snapshots"));
    inner.optional("every", snapshots.every);
    inner.optional("keep", snapshots.keep);
}

}  // namespace

ParsedSettings<CategorySettings> parse_category_settings(std::string_view json) {
    CategorySettings settings;
    constexpr auto any = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    auto& compaction = settings.compaction;
    const auto read_compaction = [&](JsonScanner& in) {
        read_object(in, {{"enabled", into(compaction.enabled)},
                         {"keep_last", into(compaction.keep_last, 0, any)},
                         {"min_events", into(compaction.min_events, 1, any)}});
    };
    const auto read_limits = [&](JsonScanner& in) {
        read_object(in,
                    {{"state_bytes_max", into(settings.state_bytes_max, 2, state_bytes_limit)}});
    };
    return parse(json,
                 {{"decider", into(settings.decider)},
                  {"snapshots", into(settings.snapshots)},
                  {"compaction", read_compaction},
                  {"limits", read_limits}},
                 settings);
}

ParsedSettings<SnapshotSettings> parse_stream_policy(std::string_view json) {
    SnapshotSettings policy;
    return parse(json, {{"snapshots", into(policy)}}, policy);
}

std::string write_settings(const CategorySettings& settings) {
    std::string text;
    {
        ObjectWriter out(text);
        if (settings.decider) {
            ObjectWriter decider(out.member("decider"));
            decider.text("kind", settings.decider->kind);
            decider.text("source", settings.decider->source);
            decider.text("name", settings.decider->name);
        }
        write(out, settings.snapshots);
        {
            ObjectWriter compaction(out.member("compaction"));
            compaction.optional("enabled", settings.compaction.enabled);
            compaction.optional("keep_last", settings.compaction.keep_last);
            compaction.optional("min_events", settings.compaction.min_events);
        }
        ObjectWriter limits(out.member("limits"));
        limits.optional("state_bytes_max", settings.state_bytes_max);
    }
    return text;
}

std::string write_stream_policy(const SnapshotSettings& policy) {
    std::string text;
    {
        ObjectWriter out(text);
        write(out, policy);
    }
    return text;
}

}  // namespace firn

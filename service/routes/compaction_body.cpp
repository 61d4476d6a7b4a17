#include "service/routes/compaction_body.hpp"

#include "actors/json/scanner.hpp"
#include "service/routes/json_body.hpp"

namespace firn {

namespace {

// False: the options have no such member. The value has been taken.
bool take_option(JsonScanner& in, const std::string& name, const JsonText& value,
                 CompactionOptions& options) {
    if (name == "keep_last") {
        options.keep_last = as_uint64(value);
        if (!options.keep_last) {
            in.refuse("\"keep_last\" is how many of the newest events stay: a whole number.");
        }
    } else if (name == "up_to_version") {
        const auto version = as_uint64(value);
        if (version) {
            options.up_to_version = Version{*version};
        } else {
            in.refuse("\"up_to_version\" is the last version that may go: a whole number.");
        }
    } else if (name == "dry_run") {
        const auto dry_run = as_bool(value);
        options.dry_run = dry_run.value_or(false);
        if (!dry_run) {
            in.refuse("\"dry_run\" is true or false.");
        }
    } else {
        return false;
    }
    return true;
}

// Which streams are meant.
struct Scope {
    std::optional<std::string> category;
    std::optional<bool> all;
};

bool take_scope(JsonScanner& in, const std::string& name, const JsonText& value, Scope& scope) {
    if (name == "category") {
        std::string scratch;
        const auto text = as_string(value, scratch);
        scope.category = std::string(text.value_or(""));
        if (!is_valid_category(*scope.category)) {
            in.refuse(
                "The name of a category is expected here: 1 to 64 letters, digits, '_', '.' or "
                "'-', the first one a letter or digit.");
        }
    } else if (name == "all") {
        scope.all = as_bool(value);
        if (!scope.all) {
            in.refuse("\"all\" is true or false.");
        }
    } else {
        return false;
    }
    return true;
}

// Calls `take` with each member, whose value has been taken; false from it: there is no such one.
template <class Take>
std::optional<Problem> read_members(std::string_view text, Take take) {
    JsonScanner in(text);
    if (!in.enter_object()) {
        in.refuse("An object is expected here.");
    }
    while (const auto name = in.next_member()) {
        const std::string member(*name);
        const auto value = in.take();
        if (!in.failed() && !take(in, member, value)) {
            in.refuse(unknown_member);
        }
    }
    return in.finish() ? std::nullopt : std::optional(malformed_body(in.error()));
}

}  // namespace

Read<CompactionOptions> parse_compaction_body(std::string_view text) {
    CompactionOptions options;
    if (text.empty()) {
        return options;
    }
    auto problem =
        read_members(text, [&](JsonScanner& in, const std::string& name, const JsonText& value) {
            return take_option(in, name, value, options);
        });
    if (problem) {
        return *std::move(problem);
    }
    return options;
}

Read<CompactionRunBody> parse_compaction_run_body(std::string_view text) {
    CompactionRunBody body;
    Scope scope;
    auto problem =
        read_members(text, [&](JsonScanner& in, const std::string& name, const JsonText& value) {
            return take_scope(in, name, value, scope) || take_option(in, name, value, body.options);
        });
    if (problem) {
        return *std::move(problem);
    }
    const bool all = scope.all.value_or(false);
    if (all == scope.category.has_value()) {
        return bad_member(all ? "/all" : "",
                          "Say which streams are meant: either those of a \"category\", or "
                          "\"all\": true.");
    }
    body.category = std::move(scope.category).value_or("");
    return body;
}

Read<Hash> parse_verification_body(std::string_view text) {
    std::optional<Hash> hash;
    auto problem =
        read_members(text, [&](JsonScanner& in, const std::string& name, const JsonText& value) {
            if (name != "state_hash") {
                return false;
            }
            std::string scratch;
            hash = hash_from_hex(as_string(value, scratch).value_or(""));
            if (!hash) {
                in.refuse("The hash of the state is expected here: 64 hexadecimal digits.");
            }
            return true;
        });
    if (problem) {
        return *std::move(problem);
    }
    if (!hash) {
        return bad_member("", "\"state_hash\" is missing: of the state that was folded.");
    }
    return *hash;
}

}  // namespace firn

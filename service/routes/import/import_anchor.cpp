#include "service/routes/import/import_anchor.hpp"

#include "actors/json/canonical.hpp"
#include "actors/json/scanner.hpp"
#include "actors/json/value.hpp"
#include "service/routes/json_body.hpp"

#include <string>

namespace firn {

namespace {

// Versions go on from there, so none may be near the end of what a number holds.
constexpr std::uint64_t version_max = (std::uint64_t{1} << 53) - 1;

struct Members {
    std::optional<JsonText> state, kind, revision, state_hash, chain_hash, error;

    std::optional<JsonText>* find(std::string_view name) noexcept {
        return name == "state"        ? &state
               : name == "state_hash" ? &state_hash
               : name == "chain_hash" ? &chain_hash
               : name == "error"      ? &error
                                      : nullptr;
    }
};

void read_decider(JsonScanner& scanner, Members& members) {
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        auto* const slot = *name == "kind"       ? &members.kind
                           : *name == "revision" ? &members.revision
                                                 : nullptr;
        const auto value = scanner.take();
        if (slot == nullptr) {
            scanner.refuse(unknown_member);
        } else {
            *slot = value;
        }
    }
}

Members read_members(JsonScanner& scanner) {
    Members members;
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        if (*name == "decider") {
            read_decider(scanner, members);
            continue;
        }
        auto* const slot = members.find(*name);
        const auto value = scanner.take();
        if (slot == nullptr) {
            scanner.refuse(unknown_member);
        } else {
            *slot = value;
        }
    }
    return members;
}

std::optional<Hash> hash_of(const std::optional<JsonText>& member) {
    std::string scratch;
    const auto text = member ? as_string(*member, scratch) : std::nullopt;
    return text ? hash_from_hex(*text) : std::nullopt;
}

std::optional<Problem> take_snapshot(const Members& members, const ImportLine& line,
                                     Snapshot& out) {
    auto& facts = out.facts;
    std::string scratch;
    const auto kind = members.kind ? as_string(*members.kind, scratch) : std::nullopt;
    if (!kind || kind->empty()) {
        return bad_member("/data/decider/kind",
                          "A $snapshot names the kind of decider that folded its state.");
    }
    facts.decider_kind = *kind;
    const auto state = hash_of(members.state_hash);
    const auto chain = hash_of(members.chain_hash);
    if (!state || !chain) {
        return bad_member(state ? "/data/chain_hash" : "/data/state_hash",
                          "It must be 64 hexadecimal digits: a stream that begins with a state "
                          "needs its hashes.");
    }
    if (!members.state) {
        return bad_member("/data/state", "A $snapshot needs the state that it stands for.");
    }
    out.state = members.state->raw;
    const auto value = parse_json(out.state);
    if (!value || state_hash(*value) != *state) {
        return bad_member("/data/state_hash",
                          "It is not the hash of the state; the line was changed or damaged.");
    }
    if (!line.event.recorded_at) {
        return bad_member("/recorded_at", "A $snapshot needs the time of the event it stands at.");
    }
    facts.version = *line.version;
    facts.kind = SnapshotKind::anchor;
    facts.state_hash = *state;
    facts.chain_hash = *chain;
    facts.created_at = *line.event.recorded_at;
    return std::nullopt;
}

}  // namespace

std::optional<Problem> parse_import_anchor(const ImportLine& line, ImportAnchor& out) {
    if (!line.version || line.version->value() > version_max) {
        return bad_member("/version",
                          "A $snapshot needs the version that it stands at, at most 2^53 - 1.");
    }
    out.version = *line.version;
    out.snapshot.reset();
    JsonScanner scanner(line.event.data);
    const auto members = read_members(scanner);
    if (!scanner.finish()) {
        const auto malformed = malformed_body(scanner.error());
        return bad_member("/data", "It is no snapshot: " + malformed.detail());
    }
    if (members.error) {
        return std::nullopt;
    }
    auto snapshot = std::make_shared<Snapshot>();
    if (auto problem = take_snapshot(members, line, *snapshot)) {
        return problem;
    }
    out.snapshot = std::move(snapshot);
    return std::nullopt;
}

}  // namespace firn

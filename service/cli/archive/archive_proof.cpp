#include "service/cli/archive/archive_proof.hpp"

#include "actors/identity/event_id.hpp"
#include "actors/identity/timestamp.hpp"
#include "actors/json/scanner.hpp"
#include "service/cli/exit_code.hpp"
#include "service/cli/import/line_reader.hpp"
#include "service/cli/json_layout.hpp"
#include "service/cli/refusal.hpp"
#include "service/cli/server_url.hpp"
#include "service/routes/import/import_line.hpp"
#include "storage/chain_hash.hpp"

#include <limits>

namespace firn::cli {

namespace {

constexpr unsigned not_found = 404;
constexpr unsigned gone = 410;

std::string at_line(std::uint64_t number) {
    return " (line " + std::to_string(number) + ")";
}

// Whatever the server's own bounds are: they held when it was exported.
HttpConfig::Limits unbounded() {
    HttpConfig::Limits limits;
    limits.event_bytes_max = std::numeric_limits<std::size_t>::max();
    return limits;
}

// An event of a page, by the exact bytes of its parts.
bool read_event(std::string_view json, EventView& event, std::string& type) {
    const auto id = parse_event_id(json_string(json, "id"));
    const auto time = parse_rfc3339(json_string(json, "recorded_at"));
    type = json_string(json, "type");
    event.type = type;
    event.data = json_member(json, "data");
    event.metadata = json_member(json, "metadata");
    event.version = Version{json_count(json, "version")};
    if (!id || !time) {
        return false;
    }
    event.id = *id;
    event.recorded_at = *time;
    return true;
}

}  // namespace

ArchiveFindings ArchiveProof::prove(InputText& input) {
    const auto limits = unbounded();
    LineReader lines(input);
    ImportLine line;
    while (const auto next = lines.next()) {
        if (const auto problem = parse_import_line(next->text, limits, line)) {
            throw CommandFailure(ExitCode::bad_input,
                                 input.name() + at_line(next->number) + ": " + problem->detail());
        }
        if (line.kind != ImportLine::Kind::event) {
            take_stand_in(line, next->number);
        } else {
            take(line, next->number);
        }
    }
    ArchiveFindings findings;
    findings.events = events_;
    for (auto& [name, stream] : streams_) {
        if (stream.last < stream.first) {
            continue;  // nothing of it but what stands in for its events
        }
        ++findings.streams;
        if (stream.problem.empty()) {
            prove_rest(stream);
        }
        if (!stream.problem.empty()) {
            findings.problems.push_back(name.category + '/' + name.id + ' ' + stream.problem);
            continue;
        }
        ++findings.proven_streams;
        findings.proven_events += stream.last.next().since(stream.first);
        if (stream.first <= stream.cut) {
            findings.deleted_events += std::min(stream.cut, stream.last).next().since(stream.first);
        }
    }
    return findings;
}

ArchiveProof::Stream& ArchiveProof::stream_of(const StreamName& name) {
    const auto [found, is_new] = streams_.try_emplace(name);
    if (is_new) {
        found->second.name = name;
        found->second.first = Version{1};
        ask_server(found->second);
    }
    return found->second;
}

void ArchiveProof::ask_server(Stream& stream) {
    const auto path = stream_path(stream.name.category, stream.name.id);
    const auto facts = client_.get(path);
    if (facts.status == not_found || facts.status == gone) {
        stream.problem = facts.status == gone ? "was deleted on the server, with its chain"
                                              : "is not known to the server";
        return;
    }
    require_success(facts);
    stream.head = Version{json_count(facts.body, "version")};
    stream.head_chain = hash_from_hex(json_string(facts.body, "chain_hash"));
    stream.cut = Version{json_count(facts.body, "first_version") - 1};
    if (stream.cut == no_version) {
        stream.cut_chain = chain_start(stream.name.category, stream.name.id);
        return;
    }
    const auto snapshots = client_.get(path + "/snapshots");
    require_success(snapshots);
    JsonScanner list(json_member(snapshots.body, "snapshots"));
    list.enter_array();
    while (list.next_element()) {
        const auto snapshot = list.take().raw;
        if (json_string(snapshot, "kind") == "anchor" &&
            Version{json_count(snapshot, "version")} == stream.cut) {
            stream.cut_chain = hash_from_hex(json_string(snapshot, "chain_hash"));
        }
    }
}

void ArchiveProof::begin(Stream& stream, const ImportLine& line) const {
    stream.first = *line.version;
    if (stream.first == Version{1}) {
        stream.chain = chain_start(stream.name.category, stream.name.id);
    } else if (stream.first == stream.cut.next() && stream.cut_chain) {
        stream.chain = *stream.cut_chain;
    } else {
        stream.problem = "begins at version " + std::to_string(stream.first.value()) +
                         " in the file: what came before it is needed, too";
    }
}

void ArchiveProof::take(const ImportLine& line, std::uint64_t number) {
    if (!line.version || !line.has_id || !line.event.recorded_at) {
        throw CommandFailure(ExitCode::bad_input,
                             "A line states no version, id or time" + at_line(number) +
                                 ": only what `firn export` wrote can be proven.");
    }
    ++events_;
    auto& stream = stream_of(line.stream);
    if (stream.last == no_version) {
        begin(stream, line);
    } else if (*line.version != stream.last.next() && stream.problem.empty()) {
        stream.problem = "goes from version " + std::to_string(stream.last.value()) + " to " +
                         std::to_string(line.version->value()) + at_line(number);
    }
    stream.last = *line.version;
    if (!stream.problem.empty()) {
        return;
    }
    EventView event;
    event.version = *line.version;
    event.id = line.event.id;
    event.type = line.event.type;
    event.data = line.event.data;
    event.metadata = line.event.metadata;
    event.recorded_at = *line.event.recorded_at;
    stream.chain = chain_next(stream.chain, event);
    compare(stream);
}

// The chain up to there, as the server that was exported had it.
void ArchiveProof::take_stand_in(const ImportLine& line, std::uint64_t number) {
    const auto chain = hash_from_hex(json_string(line.event.data, "chain_hash"));
    auto& stream = stream_of(line.stream);
    if (line.type != "$snapshot" || !line.version || !chain || stream.last != no_version ||
        !stream.problem.empty()) {
        return;
    }
    stream.first = line.version->next();
    stream.last = *line.version;
    stream.chain = *chain;
    compare(stream);
    if (!stream.problem.empty()) {
        stream.problem += at_line(number);
    }
}

void ArchiveProof::compare(Stream& stream) {
    const auto differs = [&](const std::optional<Hash>& chain) {
        return !chain || *chain != stream.chain;
    };
    if (stream.last == stream.cut) {
        stream.matched_cut = !differs(stream.cut_chain);
    }
    if (stream.last == stream.head) {
        stream.matched_head = !differs(stream.head_chain);
    }
    if ((stream.last == stream.cut && !stream.matched_cut) ||
        (stream.last == stream.head && !stream.matched_head)) {
        stream.problem = "is not what the server had: its chain hash at version " +
                         std::to_string(stream.last.value()) + " is another";
    }
}

void ArchiveProof::prove_rest(Stream& stream) {
    if (stream.matched_head || stream.last == stream.cut) {
        return;
    }
    const auto last = std::to_string(stream.last.value());
    if (stream.last > stream.head) {
        stream.problem = "goes on to version " + last + "; the server has " +
                         std::to_string(stream.head.value());
    } else if (stream.last < stream.cut) {
        stream.problem = "ends at version " + last + ", before version " +
                         std::to_string(stream.cut.value()) +
                         ", the first at which the server can still prove anything";
    } else if (chain_at(stream, stream.last) != stream.chain) {
        stream.problem =
            "is not what the server holds: its chain hash at version " + last + " is another";
    }
}

std::optional<Hash> ArchiveProof::chain_at(const Stream& stream, Version version) {
    auto chain = stream.cut_chain;
    auto at = stream.cut;
    std::string type;
    while (chain && at < version) {
        const auto page =
            client_.get(stream_path(stream.name.category, stream.name.id) +
                        "/events?limit=1000&from=" + std::to_string(at.next().value()));
        require_success(page);
        JsonScanner events(json_member(page.body, "events"));
        events.enter_array();
        const auto before = at;
        while (at < version && events.next_element()) {
            EventView event;
            if (!read_event(events.take().raw, event, type) || event.version != at.next()) {
                return std::nullopt;
            }
            chain = chain_next(*chain, event);
            at = event.version;
        }
        if (at == before) {
            return std::nullopt;
        }
    }
    return chain;
}

}  // namespace firn::cli

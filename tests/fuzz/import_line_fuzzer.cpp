// Explores the lines of imports. What is accepted must be an event that a store takes, and must
// come out of a line that states its exact bytes as it is.
#include "service/http/json_text.hpp"
#include "service/routes/import/import_anchor.hpp"

#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check_problem(const firn::Problem& problem) {
    firn::Response response;
    problem.write_to(response);
    require(response.status == 400 || response.status == 413);
}

void check_event(const firn::ImportLine& line) {
    require(firn::is_valid_category(line.stream.category));
    require(firn::is_valid_stream_id(line.stream.id));
    require(!line.version || line.version->value() != 0);
    const auto& event = line.event;
    require(event.id_from_client == line.has_id);
    require(!event.type.empty() && event.type.size() <= 255);
    require(event.type.front() != '$' || line.kind != firn::ImportLine::Kind::event);
    require(event.metadata.starts_with('{') && event.metadata.ends_with('}'));
    constexpr std::string_view white = " \t\r\n";
    require(!event.data.empty());
    require(white.find(event.data.front()) == white.npos);
    require(white.find(event.data.back()) == white.npos);

    firn::EncodedEvents events;
    events.add(event);
    firn::EventDecoder decoder(events.bytes());
    firn::EventView decoded;
    require(decoder.decode_next(decoded) && decoder.at_end());
    require(decoded.id == event.id && decoded.type == event.type && decoded.data == event.data);
    require(!event.recorded_at || decoded.recorded_at == *event.recorded_at);
}

void check_anchor(const firn::ImportLine& line) {
    firn::ImportAnchor anchor;
    if (const auto problem = firn::parse_import_anchor(line, anchor)) {
        check_problem(*problem);
        return;
    }
    require(anchor.version == *line.version && anchor.version.value() < std::uint64_t{1} << 53);
    if (anchor.snapshot) {
        const auto& facts = anchor.snapshot->facts;
        require(facts.version == anchor.version && !facts.decider_kind.empty());
        require(!anchor.snapshot->state.empty());
    }
}

std::string stated_exactly(const firn::ImportLine& line) {
    std::string text = "{\"stream\":{\"category\":";
    firn::append_json_string(text, line.stream.category);
    text += ",\"id\":";
    firn::append_json_string(text, line.stream.id);
    text += "},\"type\":";
    firn::append_json_string(text, line.event.type);
    text += ",\"exact\":{\"data\":";
    firn::append_json_string(text, line.event.data);
    text += ",\"metadata\":";
    firn::append_json_string(text, line.event.metadata);
    return text + "}}";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const firn::HttpConfig::Limits limits;
    firn::ImportLine line;
    if (const auto problem = firn::parse_import_line(text, limits, line)) {
        check_problem(*problem);
        return 0;
    }
    check_event(line);
    if (line.kind == firn::ImportLine::Kind::snapshot) {
        check_anchor(line);
    }
    firn::ImportLine again;
    require(!firn::parse_import_line(stated_exactly(line), limits, again));
    require(again.stream == line.stream && again.event.type == line.event.type);
    require(again.event.data == line.event.data && again.event.metadata == line.event.metadata);
    return 0;
}

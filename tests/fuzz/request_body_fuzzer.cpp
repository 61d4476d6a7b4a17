// Explores the bodies of appends, transactions and compactions; the first byte says which form the
// rest is read in. Whatever is accepted must decode to the same events that the answer will name.
#include "service/routes/append_body.hpp"
#include "service/routes/compaction_body.hpp"
#include "service/routes/transaction_body.hpp"

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

void check_events(const firn::EncodedEvents& events, const std::vector<firn::EventId>& ids,
                  std::string_view body) {
    require(ids.size() == events.count());
    firn::EventDecoder decoder(events.bytes());
    for (const auto& id : ids) {
        firn::EventView event;
        require(decoder.decode_next(event));
        require(event.id == id);
        require(!event.type.empty() && event.type.size() <= 255 && event.type.front() != '$');
        require(event.metadata.starts_with('{') && !event.data.empty());
        // Kept as the bytes that came in: a part of them, unless it is the default.
        require(event.data == "{}" || body.find(event.data) != body.npos);
    }
    require(decoder.at_end());
}

void check_transaction(std::string_view body, const firn::HttpConfig::Limits& limits) {
    const auto parsed = firn::parse_transaction_body(body, {}, limits);
    if (!parsed) {
        check_problem(parsed.error());
        return;
    }
    require(!parsed->writes.empty() && parsed->writes.size() == parsed->ids.size());
    for (std::size_t i = 0; i != parsed->writes.size(); ++i) {
        const auto& stream = parsed->writes[i].stream;
        require(firn::is_valid_category(stream.category) && firn::is_valid_stream_id(stream.id));
        check_events(*parsed->writes[i].events, parsed->ids[i], body);
    }
}

template <class T>
void check_read(const firn::Read<T>& read) {
    if (!read) {
        check_problem(read.error());
    }
}

void check_compactions(std::string_view body) {
    check_read(firn::parse_compaction_body(body));
    check_read(firn::parse_verification_body(body));
    const auto run = firn::parse_compaction_run_body(body);
    check_read(run);
    require(!run || run->category.empty() || firn::is_valid_category(run->category));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    const firn::HttpConfig::Limits limits;
    if (data[0] == 't') {
        check_transaction(body, limits);
        return 0;
    }
    if (data[0] == 'c') {
        check_compactions(body);
        return 0;
    }
    const auto format = data[0] == 'n' ? firn::BodyFormat::ndjson : firn::BodyFormat::json;
    const auto parsed = firn::parse_append_body(body, format, {}, limits);
    if (!parsed) {
        check_problem(parsed.error());
        return 0;
    }
    require(!parsed->ids.empty());
    check_events(*parsed->events, parsed->ids, body);
    return 0;
}

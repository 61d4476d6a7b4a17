// Explores the bodies of appends, whose first byte says which form the rest is read in. Whatever
// is accepted must decode to the same events that the answer will name.
#include "service/routes/append_body.hpp"

#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const auto format = data[0] == 'n' ? firn::BodyFormat::ndjson : firn::BodyFormat::json;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    const firn::HttpConfig::Limits limits;
    const auto parsed = firn::parse_append_body(body, format, {}, limits);
    if (!parsed) {
        firn::Response response;
        parsed.error().write_to(response);
        require(response.status == 400 || response.status == 413);
        return 0;
    }
    require(!parsed->ids.empty() && parsed->ids.size() == parsed->events->count());
    firn::EventDecoder decoder(parsed->events->bytes());
    for (const auto& id : parsed->ids) {
        firn::EventView event;
        require(decoder.decode_next(event));
        require(event.id == id);
        require(!event.type.empty() && event.type.size() <= 255 && event.type.front() != '$');
        require(event.metadata.starts_with('{') && !event.data.empty());
        // Kept as the bytes that came in: a part of them, unless it is the default.
        require(event.data == "{}" || body.find(event.data) != body.npos);
    }
    require(decoder.at_end());
    return 0;
}

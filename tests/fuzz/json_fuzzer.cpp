// Arbitrary bytes as JSON: checking and parsing agree, what is parsed survives being written, and
// neither ever reads past the end.
#include "actors/json/canonical.hpp"
#include "actors/json/scanner.hpp"
#include "actors/json/value.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

// The same text met member by member, as request bodies are.
bool walk(firn::JsonScanner& scanner) {
    switch (scanner.peek()) {
        case firn::JsonKind::object:
            if (!scanner.enter_object()) {
                return false;
            }
            while (scanner.next_member()) {
                walk(scanner);
            }
            break;
        case firn::JsonKind::array:
            if (!scanner.enter_array()) {
                return false;
            }
            while (scanner.next_element()) {
                walk(scanner);
            }
            break;
        default: scanner.take();
    }
    return !scanner.failed();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto error = firn::validate_json(text);
    const auto value = firn::parse_json(text);
    firn::JsonScanner scanner(text);
    const bool walked = walk(scanner) && scanner.finish();
    require(!error == value.has_value(), "checking and parsing agree");
    require(!error == walked, "checking and walking agree");
    if (error) {
        require(error->offset <= size && !error->reason.empty(), "an error has a place");
        require(error->offset == value.error().offset, "parsing names the same place");
        require(error->pointer == value.error().pointer, "parsing points at the same value");
        return 0;
    }
    std::string written;
    firn::write_json(written, *value);
    const auto again = firn::parse_json(written);
    require(again.has_value() && *again == *value, "a written value reads back equal");
    require(firn::state_hash(*again) == firn::state_hash(*value), "and has the same hash");
    return 0;
}

// Explores what clients tell deciders and subscriptions: settings, policies and commands, as the
// first byte says.
// Whatever is accepted must come back the same from what is stored of it.
#include "actors/categories/category_document.hpp"
#include "actors/json/scanner.hpp"
#include "actors/subscriptions/subscription_document.hpp"
#include "service/routes/command_body.hpp"

#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

template <class Settings>
void explore(firn::ParsedSettings<Settings> (*parse)(std::string_view),
             std::string (*write)(const Settings&), std::string_view text) {
    const auto parsed = parse(text);
    if (!parsed) {
        require(!parsed.error().reason.empty() && parsed.error().offset <= text.size());
        return;
    }
    const auto written = write(*parsed);
    const auto again = parse(written);
    require(again.has_value() && write(*again) == written);
}

void explore_document(std::string_view text) {
    const auto document = firn::parse_document(text);
    if (!document) {
        return;
    }
    const auto written = firn::write_document(*document);
    const auto again = firn::parse_document(written);
    require(again.has_value() && firn::write_document(*again) == written);
}

void explore_subscription_document(std::string_view text) {
    const auto document = firn::parse_subscription_document(text);
    if (!document) {
        return;
    }
    const auto written = firn::write_subscription_document(*document);
    const auto again = firn::parse_subscription_document(written);
    require(again.has_value() && firn::write_subscription_document(*again) == written);
}

void explore_command(std::string_view text) {
    const auto parsed = firn::parse_command_body(text);
    if (!parsed) {
        firn::Response response;
        parsed.error().write_to(response);
        require(response.status == 400 && !firn::validate_json(response.body));
        return;
    }
    const auto& command = parsed->command;
    require(!command.type.empty() && command.type.size() <= 255);
    require(!firn::validate_json(command.data) && !firn::validate_json(command.metadata));
    require(command.metadata.starts_with('{'));
    require(command.data == "{}" || text.find(command.data) != text.npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0]) {
        case 's': explore(&firn::parse_category_settings, &firn::write_settings, text); break;
        case 'p': explore(&firn::parse_stream_policy, &firn::write_stream_policy, text); break;
        case 'd': explore_document(text); break;
        case 'u':
            explore(&firn::parse_subscription_settings, &firn::write_subscription_settings, text);
            break;
        case 'w': explore_subscription_document(text); break;
        default: explore_command(text);
    }
    return 0;
}

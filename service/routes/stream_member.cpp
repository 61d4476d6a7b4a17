#include "service/routes/stream_member.hpp"

#include "service/routes/json_body.hpp"

namespace firn {

StreamName read_stream_member(JsonScanner& scanner) {
    StreamName stream;
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        auto* const part = *name == "category" ? &stream.category
                           : *name == "id"     ? &stream.id
                                               : nullptr;
        std::string scratch;
        const auto value = scanner.take();
        const auto text = as_string(value, scratch);
        if (part == nullptr) {
            scanner.refuse(unknown_member);
        } else if (!text) {
            scanner.refuse("The parts of a stream's name are strings.");
        } else {
            *part = *text;
        }
    }
    return stream;
}

std::optional<Problem> check_stream_member(const StreamName& stream, const std::string& pointer) {
    if (!is_valid_category(stream.category)) {
        return bad_member(pointer + "/category",
                          "A stream needs a \"category\": 1 to 64 letters, digits, '_', '.' or "
                          "'-', the first one a letter or digit.");
    }
    if (!is_valid_stream_id(stream.id)) {
        return bad_member(pointer + "/id",
                          "A stream needs an \"id\": 1 to 255 bytes of UTF-8 without control "
                          "characters, and not \".\" or \"..\".");
    }
    return std::nullopt;
}

}  // namespace firn

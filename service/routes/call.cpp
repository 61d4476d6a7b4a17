#include "service/routes/call.hpp"

#include "service/http/error_problem.hpp"
#include "service/http/json_text.hpp"
#include "service/http/percent.hpp"

namespace firn {

Read<std::string> category_of(const Request& request) {
    std::string category(request.target.segment(2));
    if (!is_valid_category(category)) {
        return bad_parameter("category",
                             "The category \"" + category +
                                 "\" is not 1 to 64 letters, digits, '_', '.' or '-', the first "
                                 "one a letter or digit.");
    }
    return category;
}

Read<std::string> subscription_of(const Request& request) {
    std::string name(request.target.segment(2));
    if (!is_valid_category(name)) {
        return bad_parameter("name", "The name \"" + name +
                                         "\" is not 1 to 64 letters, digits, '_', '.' or '-', "
                                         "the first one a letter or digit.");
    }
    return name;
}

std::optional<Problem> check_not_deleted(const Call& call, const StreamName& stream) {
    const auto head = call.service.store().head_version(stream);
    if (head || head.error() != storage_errc::stream_deleted) {
        return std::nullopt;
    }
    return problem_of(head.error(), subject_of(stream));
}

Read<StreamName> stream_of(const Request& request) {
    auto category = category_of(request);
    const auto id = request.target.segment(3);
    if (!category) {
        return category.error();
    }
    if (!is_valid_stream_id(id)) {
        return bad_parameter("id", "The stream id \"" + std::string(id) +
                                       "\" is not 1 to 255 bytes of UTF-8 without control "
                                       "characters, or is \".\" or \"..\".");
    }
    return StreamName{*std::move(category), std::string(id)};
}

std::string subject_of(const StreamName& stream) {
    std::string subject = "The stream " + stream.category + "/";
    append_percent_encoded(subject, stream.id);
    return subject;
}

void append_stream(std::string& out, const StreamName& stream) {
    out.append("{\"category\":");
    append_json_string(out, stream.category);
    out.append(",\"id\":");
    append_json_string(out, stream.id);
    out.push_back('}');
}

Read<std::vector<std::string>> category_filter_of(const RequestTarget& target) {
    std::vector<std::string> categories;
    for (const auto& [name, value] : target.parameters()) {
        if (name != "category") {
            continue;
        }
        if (!is_valid_category(value)) {
            return bad_parameter(name,
                                 "\"" + std::string(value) + "\" is not the name of a category.");
        }
        categories.emplace_back(value);
    }
    return categories;
}

Read<std::uint32_t> limit_of(const Call& call) {
    constexpr std::uint32_t usual = 100;
    const auto most = call.config.limits.page_limit_max;
    const auto limit = number_parameter(call.request.target, "limit", 1, most);
    if (!limit) {
        return limit.error();
    }
    return static_cast<std::uint32_t>((*limit).value_or(std::min(usual, most)));
}

}  // namespace firn

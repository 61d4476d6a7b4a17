#include "tests/support/described.hpp"

#include "service/routes/openapi.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

namespace firn::test {

namespace json = boost::json;

namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    path.remove_prefix(1);
    for (;;) {
        const auto slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == path.npos) {
            return segments;
        }
        path.remove_prefix(slash + 1);
    }
}

bool leads_to(std::string_view pattern, std::string_view path) {
    const auto wanted = segments_of(pattern);
    const auto given = segments_of(path);
    return std::equal(wanted.begin(), wanted.end(), given.begin(), given.end(),
                      [](auto want, auto have) { return want.starts_with('{') || want == have; });
}

bool is_of_type(const json::value& value, std::string_view type) {
    return type == "object"    ? value.is_object()
           : type == "array"   ? value.is_array()
           : type == "string"  ? value.is_string()
           : type == "boolean" ? value.is_bool()
           : type == "null"    ? value.is_null()
           : type == "integer" ? value.is_int64() || value.is_uint64()
           : type == "number"  ? value.is_number()
                               : false;
}

bool is_of_types(const json::value& value, const json::value& types) {
    if (const auto* const one = types.if_string()) {
        return is_of_type(value, *one);
    }
    return std::ranges::any_of(types.as_array(), [&](const json::value& type) {
        return is_of_type(value, type.as_string());
    });
}

// What minimum, maxLength and the like are about; nothing for values that they are not about.
std::optional<double> measure(const json::value& value, std::string_view word) {
    if (word.ends_with("imum") && value.is_number()) {
        return value.to_number<double>();
    }
    if (word.ends_with("Length") && value.is_string()) {
        return static_cast<double>(value.get_string().size());
    }
    if (word.ends_with("Items") && value.is_array()) {
        return static_cast<double>(value.get_array().size());
    }
    return std::nullopt;
}

bool bound_holds(const json::value& value, std::string_view word, const json::value& bound) {
    const auto measured = measure(value, word);
    const auto limit = bound.to_number<double>();
    return !measured || (word.starts_with("min") ? *measured >= limit : *measured <= limit);
}

}  // namespace

Description::Description()
    : document_(
          json::parse(json::string_view(openapi_document().data(), openapi_document().size()))) {}

const json::object* Description::path_item(std::string_view target) const {
    const auto path = target.substr(0, target.find('?'));
    for (const auto& [pattern, item] : document_.at("paths").as_object()) {
        if (leads_to(pattern, path)) {
            return &item.as_object();
        }
    }
    return nullptr;
}

std::string Description::objection(std::string_view method, std::string_view target,
                                   const HttpReply& reply) const {
    const auto status = std::to_string(reply.status);
    if (method == "OPTIONS") {
        return {};
    }
    std::string verb(method == "HEAD" ? "GET" : method);
    std::ranges::transform(verb, verb.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto* const item = path_item(target);
    const auto* const operation = item != nullptr ? item->if_contains(verb) : nullptr;
    if (operation == nullptr) {
        // Not described means not there.
        const auto there = reply.status != 404 && reply.status != 405;
        return there ? "it is not described, but answers " + status : "";
    }
    const auto* const response = operation->at("responses").as_object().if_contains(status);
    if (response == nullptr) {
        return "the status " + status + " is not described";
    }
    const auto objection =
        method == "HEAD" ? std::string() : objection_to_body(response->as_object(), reply);
    return objection.empty() ? "" : status + ": " + objection;
}

std::string Description::objection_to_body(const json::object& response,
                                           const HttpReply& reply) const {
    const auto* const content = response.if_contains("content");
    if (content == nullptr) {
        return reply.body.empty() ? "" : "a body is not described";
    }
    const auto sent = reply.header("Content-Type");
    const auto type = sent.substr(0, sent.find(';'));
    const auto* const described = content->as_object().if_contains(type);
    if (described == nullptr) {
        return "the type \"" + type + "\" is not described";
    }
    if (type == "text/event-stream") {
        return objection_to_messages(described->as_object(), reply.body);
    }
    const auto* const line = described->as_object().if_contains("x-line");
    if (line != nullptr && reply.header("Content-Encoding").empty()) {
        return objection_to_lines(reply.body, *line);
    }
    if (type != "application/json" && type != "application/problem+json") {
        return {};
    }
    const auto body = json::parse(reply.body);
    if (type == "application/problem+json") {
        const std::string_view slug = body.at("type").as_string();
        const std::string_view slugs = response.at("description").as_string();
        if (slugs.find(slug.substr(slug.rfind(':') + 1)) == slugs.npos) {
            return "the problem " + std::string(slug) + " is not described";
        }
    }
    return objection_to(body, described->at("schema"), "");
}

std::string Description::objection_to_message(std::string_view target, std::string_view event,
                                              std::string_view data) const {
    const auto* const item = path_item(target);
    if (item == nullptr) {
        return "it is not described";
    }
    json::error_code error;
    const auto* const described =
        item->at("get").find_pointer("/responses/200/content/text~1event-stream", error);
    return described == nullptr ? "a live feed is not described"
                                : objection_to_message(described->as_object(), event, data);
}

std::string Description::objection_to_message(const json::object& described, std::string_view event,
                                              std::string_view data) const {
    const auto* const schema = described.at("x-messages").as_object().if_contains(event);
    if (schema == nullptr) {
        return "the message \"" + std::string(event) + "\" is not described";
    }
    json::error_code malformed;
    const auto value = json::parse(json::string_view(data.data(), data.size()), malformed);
    return malformed ? "the data is not JSON: " + std::string(data)
                     : objection_to(value, *schema, std::string(event));
}

// As the server writes them: each message, comment or retry ends with an empty line.
std::string Description::objection_to_messages(const json::object& described,
                                               std::string_view body) const {
    std::string event = "message";
    std::string_view data;
    while (!body.empty()) {
        const auto end = body.find('\n');
        if (end == body.npos) {
            return "a line does not end";
        }
        const auto line = body.substr(0, end);
        body.remove_prefix(end + 1);
        if (line.starts_with("event: ")) {
            event = line.substr(7);
        } else if (line.starts_with("data: ")) {
            data = line.substr(6);
        } else if (line.empty() && !data.empty()) {
            auto objection = objection_to_message(described, event, data);
            if (!objection.empty()) {
                return objection;
            }
            event = "message";
            data = {};
        } else if (!line.empty() && line != ":" && !line.starts_with("id: ") &&
                   !line.starts_with("retry: ")) {
            return "the line \"" + std::string(line) + "\" is not known";
        }
    }
    return {};
}

std::string Description::objection_to_lines(std::string_view text,
                                            const json::value& schema) const {
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        const auto at = "line " + std::to_string(number);
        if (end == text.npos) {
            return at + " has no end";
        }
        json::error_code error;
        const auto value = json::parse(json::string_view(text.data(), end), error);
        auto objection = error ? at + " is not JSON" : objection_to(value, schema, at);
        if (!objection.empty()) {
            return objection;
        }
        text.remove_prefix(end + 1);
    }
    return {};
}

const json::value& Description::resolved(const json::value& schema) const {
    const auto* const reference = schema.as_object().if_contains("$ref");
    if (reference == nullptr) {
        return schema;
    }
    const std::string_view text = reference->as_string();
    json::error_code error;
    return *document_.find_pointer(text.substr(1), error);
}

std::string Description::objection_to(const json::value& value, const json::value& schema_or_ref,
                                      const std::string& at) const {
    const auto& schema = resolved(schema_or_ref).as_object();
    for (const auto& member : schema) {
        auto objection = objection_to_word(value, member.key(), schema, at);
        if (!objection.empty()) {
            return objection;
        }
    }
    return {};
}

std::string Description::objection_to_word(const json::value& value, std::string_view word,
                                           const json::object& schema,
                                           const std::string& at) const {
    const auto& meaning = schema.at(word);
    const auto unless = [&](bool holds) {
        return holds ? ""
                     : at + " is " + json::serialize(value) + ", but " + std::string(word) +
                           " is " + json::serialize(meaning);
    };
    if (word == "description" || word == "default" || word == "format") {
        return {};
    }
    if (word == "type") {
        return unless(is_of_types(value, meaning));
    }
    if (word == "enum") {
        return unless(std::ranges::find(meaning.as_array(), value) != meaning.as_array().end());
    }
    if (word == "oneOf") {
        return unless(std::ranges::count_if(meaning.as_array(), [&](const json::value& one) {
                          return objection_to(value, one, at).empty();
                      }) == 1);
    }
    if (word == "pattern") {
        return unless(!value.is_string() || matches(value.get_string(), meaning.as_string()));
    }
    if (word.starts_with("min") || word.starts_with("max")) {
        return unless(bound_holds(value, word, meaning));
    }
    if (word == "items") {
        for (std::size_t i = 0; value.is_array() && i != value.get_array().size(); ++i) {
            auto objection =
                objection_to(value.get_array()[i], meaning, at + "/" + std::to_string(i));
            if (!objection.empty()) {
                return objection;
            }
        }
        return {};
    }
    if (word == "properties" || word == "required" || word == "additionalProperties") {
        return value.is_object() ? objection_to_members(value.get_object(), schema, at) : "";
    }
    return "the description uses \"" + std::string(word) + "\", which is not known here";
}

bool Description::matches(std::string_view text, std::string_view pattern) const {
    auto known = patterns_.find(pattern);
    if (known == patterns_.end()) {
        const std::string source(pattern);
        known = patterns_.emplace(source, std::regex(source)).first;
    }
    return std::regex_search(text.begin(), text.end(), known->second);
}

std::string Description::objection_to_members(const json::object& value, const json::object& schema,
                                              const std::string& at) const {
    if (const auto* const required = schema.if_contains("required")) {
        for (const auto& name : required->as_array()) {
            if (!value.contains(name.as_string())) {
                return at + " lacks " + std::string(name.as_string());
            }
        }
    }
    const auto* const properties = schema.if_contains("properties");
    for (const auto& [name, member] : value) {
        const auto* const described =
            properties != nullptr ? properties->as_object().if_contains(name) : nullptr;
        if (described == nullptr) {
            if (schema.contains("additionalProperties")) {
                return at + "/" + std::string(name) + " is not described";
            }
            continue;
        }
        auto objection = objection_to(member, *described, at + "/" + std::string(name));
        if (!objection.empty()) {
            return objection;
        }
    }
    return {};
}

}  // namespace firn::test

#include "actors/subscriptions/subscription_settings.hpp"

#include "actors/json/scanner.hpp"
#include "actors/json/value.hpp"

#include <limits>

namespace firn {

namespace {

constexpr std::size_t text_bytes_max = 255;  // of a type, and of a stream's id

bool is_valid_type(std::string_view type) noexcept {
    return !type.empty() && type.size() <= text_bytes_max;
}

struct Texts {
    std::vector<std::string>& values;
    bool (*is_valid)(std::string_view) noexcept;
    const char* objection;

    void read_one(JsonScanner& in) {
        std::string scratch;
        const auto text = as_string(in.take(), scratch);
        if (!text || !is_valid(*text)) {
            in.refuse(objection);
            return;
        }
        values.emplace_back(*text);
    }
    // A string, or an array of them.
    void read(JsonScanner& in) {
        if (in.peek() != JsonKind::array) {
            read_one(in);
            return;
        }
        in.enter_array();
        while (in.next_element()) {
            read_one(in);
            if (values.size() > SubscriptionSettings::values_max) {
                in.refuse("At most 100 of them can be given.");
            }
        }
    }
};

void read_start(JsonScanner& in, std::optional<SubscriptionStart>& from) {
    const auto value = in.take();
    std::string scratch;
    const auto text = as_string(value, scratch);
    const auto number = as_uint64(value);
    if (text == "beginning") {
        from.emplace();
    } else if (text == "end") {
        from = SubscriptionStart{SubscriptionStart::Kind::end, {}};
    } else if (number && *number <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
        from = SubscriptionStart{SubscriptionStart::Kind::after, Position{*number}};
    } else {
        in.refuse("\"beginning\", \"end\" or the position after which to begin is expected here.");
    }
}

void read_member(JsonScanner& in, std::string_view name, SubscriptionSettings& settings) {
    if (name == "category") {
        Texts{settings.categories, &is_valid_category,
              "The name of a category, or an array of names, is expected here."}
            .read(in);
    } else if (name == "type") {
        Texts{settings.types, &is_valid_type,
              "A type of 1 to 255 bytes, or an array of types, is expected here."}
            .read(in);
    } else if (name == "id_prefix") {
        std::string scratch;
        const auto text = as_string(in.take(), scratch);
        if (!text || text->size() > text_bytes_max) {
            in.refuse("A string of at most 255 bytes is expected here.");
            return;
        }
        settings.id_prefix = *text;
    } else if (name == "from") {
        read_start(in, settings.from);
    } else if (name == "blocks_compaction") {
        const auto value = as_bool(in.take());
        if (!value) {
            in.refuse("true or false is expected here.");
            return;
        }
        settings.blocks_compaction = *value;
    } else {
        in.take();
        in.refuse(
            "There is no such setting; there are: category, type, id_prefix, from, "
            "blocks_compaction.");
    }
}

void append_texts(std::string& out, const std::vector<std::string>& texts) {
    out += '[';
    for (const auto& text : texts) {
        out += out.back() == '[' ? "" : ",";
        write_json_string(out, text);
    }
    out += ']';
}

}  // namespace

ParsedSubscription parse_subscription_settings(std::string_view json) {
    SubscriptionSettings settings;
    JsonScanner in(json);
    if (!in.enter_object()) {
        in.refuse("An object is expected here.");
    }
    while (const auto name = in.next_member()) {
        read_member(in, *name, settings);
    }
    if (!in.finish()) {
        return in.error();
    }
    return settings;
}

void append_subscription_start(std::string& out, const SubscriptionStart& start) {
    if (start.kind == SubscriptionStart::Kind::end) {
        out += "\"end\"";
    } else if (start.position == no_position) {
        out += "\"beginning\"";
    } else {
        out += std::to_string(start.position.value());
    }
}

std::string write_subscription_settings(const SubscriptionSettings& settings) {
    std::string text = "{\"category\":";
    append_texts(text, settings.categories);
    append_texts(text += ",\"type\":", settings.types);
    write_json_string(text += ",\"id_prefix\":", settings.id_prefix);
    if (settings.from) {
        append_subscription_start(text += ",\"from\":", *settings.from);
    }
    text += ",\"blocks_compaction\":";
    return text += settings.blocks_compaction ? "true}" : "false}";
}

}  // namespace firn

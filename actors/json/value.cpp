#include "actors/json/value.hpp"

#include "actors/json/number.hpp"

#include <boost/json/value_stack.hpp>

#include <charconv>
#include <utility>

namespace firn {

namespace json = boost::json;

namespace {

template <class Integer>
std::optional<Integer> to_integer(std::string_view text) noexcept {
    Integer number = 0;
    const auto error = std::from_chars(text.data(), text.data() + text.size(), number).ec;
    return error == std::errc{} ? std::optional(number) : std::nullopt;
}

// Calls with_integer(int64 or uint64) or with_double(double).
template <class WithInteger, class WithDouble>
void convert(const NumberToken& token, WithInteger with_integer, WithDouble with_double) {
    if (!token.integer) {
        // The lexer refused what has no double.
        with_double(to_double(token.text).value());
    } else if (const auto number = to_integer<std::int64_t>(token.text)) {
        with_integer(*number);
    } else {
        with_integer(to_integer<std::uint64_t>(token.text).value());
    }
}

// Builds a whole tree; its containers are made once, in their final size.
class TreeSink {
public:
    explicit TreeSink(json::storage_ptr storage) : stack_({}, room_, sizeof(room_)) {
        stack_.reset(std::move(storage));
    }

    void null() { stack_.push_null(); }
    void boolean(bool value) { stack_.push_bool(value); }
    void number(const NumberToken& token) {
        struct Push {
            json::value_stack& stack;
            void operator()(std::int64_t number) const { stack.push_int64(number); }
            void operator()(std::uint64_t number) const { stack.push_uint64(number); }
            void operator()(double number) const { stack.push_double(number); }
        };
        convert(token, Push{stack_}, Push{stack_});
    }
    void string(const StringToken& token) {
        if (!token.escaped) {
            stack_.push_string(token.inner);
            return;
        }
        decoded_.clear();
        append_unescaped(decoded_, token.inner);
        stack_.push_string(decoded_);
    }
    void name(std::string_view name) { stack_.push_key(name); }
    void end_array(std::size_t size) { stack_.push_array(size); }
    void end_object(std::size_t size) { stack_.push_object(size); }

    [[nodiscard]] json::value release() { return stack_.release(); }

private:
    // Values of a small tree wait here for their container instead of on the heap.
    alignas(json::value) unsigned char room_[2048];
    json::value_stack stack_;
    std::string decoded_;
};

// Assigns one scalar, reusing what the target holds.
struct ScalarSink {
    json::value& target;

    void null() { target.emplace_null(); }
    void boolean(bool value) { target.emplace_bool() = value; }
    void number(const NumberToken& token) {
        convert(
            token, [this](auto number) { target = number; },
            [this](double number) { target.emplace_double() = number; });
    }
    void string(const StringToken& token) {
        auto& held = target.is_string() ? target.get_string() : target.emplace_string();
        if (!token.escaped) {
            held.assign(token.inner);
            return;
        }
        std::string decoded;
        append_unescaped(decoded, token.inner);
        held.assign(decoded);
    }
    // A scalar has no parts.
    void name(std::string_view /*name*/) {}
    void end_array(std::size_t /*size*/) {}
    void end_object(std::size_t /*size*/) {}
};

template <class Integer>
void write_integer(std::string& out, Integer number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
    out.append(digits, end);
}

void write_array(std::string& out, const json::array& array) {
    out += '[';
    for (const auto& element : array) {
        write_json(out, element);
        out += ',';
    }
    if (array.empty()) {
        out += ']';
    } else {
        out.back() = ']';
    }
}

void write_object(std::string& out, const json::object& object) {
    out += '{';
    for (const auto& [name, value] : object) {
        write_json_string(out, name);
        out += ':';
        write_json(out, value);
        out += ',';
    }
    if (object.empty()) {
        out += '}';
    } else {
        out.back() = '}';
    }
}

// A byte that skip_plain_text stopped at, and what it stands for in a string.
void write_special(std::string& out, char c) {
    static constexpr char hex[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (byte < 0x20) {
                out.append("\\u00").append(1, hex[byte >> 4]).append(1, hex[byte & 15]);
            } else {
                out += c;
            }
    }
}

}  // namespace

boost::system::result<json::value, JsonError> parse_json(std::string_view text,
                                                         json::storage_ptr storage) {
    JsonScanner scanner(text);
    json::value value(std::move(storage));
    if (!parse_next(scanner, value) || !scanner.finish()) {
        return scanner.error();
    }
    return value;
}

bool parse_next(JsonScanner& scanner, json::value& target) {
    const auto kind = scanner.peek();
    if (kind != JsonKind::object && kind != JsonKind::array) {
        ScalarSink sink{target};
        return scanner.scan(sink, json_depth_max);
    }
    TreeSink sink(target.storage());
    if (!scanner.scan(sink, json_depth_max)) {
        return false;
    }
    target = sink.release();
    return true;
}

void write_json(std::string& out, const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: out += "null"; break;
        case json::kind::bool_: out += value.get_bool() ? "true" : "false"; break;
        case json::kind::int64: write_integer(out, value.get_int64()); break;
        case json::kind::uint64: write_integer(out, value.get_uint64()); break;
        case json::kind::double_: write_double(out, value.get_double()); break;
        case json::kind::string: write_json_string(out, value.get_string()); break;
        case json::kind::array: write_array(out, value.get_array()); break;
        case json::kind::object: write_object(out, value.get_object()); break;
    }
}

void write_json_string(std::string& out, std::string_view text) {
    out += '"';
    const char* p = text.data();
    const char* const end = p + text.size();
    while (p != end) {
        const char* const plain_end = skip_plain_text(p, end);
        out.append(p, plain_end);
        p = plain_end;
        if (p != end) {
            write_special(out, *p++);
        }
    }
    out += '"';
}

}  // namespace firn

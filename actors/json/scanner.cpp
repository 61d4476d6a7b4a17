#include "actors/json/scanner.hpp"

#include <boost/assert.hpp>

#include <charconv>
#include <limits>
#include <utility>

namespace firn {

namespace {

template <class Integer>
std::optional<Integer> integer_of(const JsonText& value) noexcept {
    Integer number = 0;
    const char* const end = value.raw.data() + value.raw.size();
    const auto [stopped, error] = std::from_chars(value.raw.data(), end, number);
    // A point or an exponent stops the conversion early; -0 is a double.
    if (value.kind != JsonKind::number || error != std::errc{} || stopped != end ||
        value.raw == "-0") {
        return std::nullopt;
    }
    return number;
}

}  // namespace

std::optional<bool> as_bool(const JsonText& value) noexcept {
    if (value.kind != JsonKind::boolean) {
        return std::nullopt;
    }
    return value.raw == "true";
}

std::optional<std::int64_t> as_int64(const JsonText& value) noexcept {
    return integer_of<std::int64_t>(value);
}

std::optional<std::uint64_t> as_uint64(const JsonText& value) noexcept {
    return integer_of<std::uint64_t>(value);
}

std::optional<std::string_view> as_string(const JsonText& value, std::string& scratch) {
    if (value.kind != JsonKind::string) {
        return std::nullopt;
    }
    const auto inner = value.raw.substr(1, value.raw.size() - 2);
    if (inner.find('\\') == std::string_view::npos) {
        return inner;
    }
    scratch.clear();
    append_unescaped(scratch, inner);
    return scratch;
}

std::optional<JsonError> validate_json(std::string_view text) {
    JsonScanner scanner(text);
    scanner.take();
    if (scanner.finish()) {
        return std::nullopt;
    }
    return scanner.error();
}

JsonScanner::JsonScanner(std::string_view text) : lexer_(text) {
    if (text.size() > std::numeric_limits<std::uint32_t>::max()) {
        fail("A JSON text must be shorter than 4 GiB.", 0, 0);
    }
}

JsonKind JsonScanner::peek() {
    lexer_.skip_space();
    switch (lexer_.peek()) {
        case '{': return JsonKind::object;
        case '[': return JsonKind::array;
        case '"': return JsonKind::string;
        case 't':
        case 'f': return JsonKind::boolean;
        case 'n': return JsonKind::null;
        default: return JsonKind::number;
    }
}

bool JsonScanner::enter_object() {
    if (!failed() && peek() != JsonKind::object) {
        fail_value("An object is expected here.");
    }
    return !failed() && open(true, json_depth_max);
}

bool JsonScanner::enter_array() {
    if (!failed() && peek() != JsonKind::array) {
        fail_value("An array is expected here.");
    }
    return !failed() && open(false, json_depth_max);
}

std::optional<std::string_view> JsonScanner::next_member() {
    BOOST_ASSERT(failed() || (depth_ > 0 && frames_[depth_ - 1].is_object));
    Ignore ignore;
    if (failed() || next_in_container(ignore) != Step::value_next) {
        return std::nullopt;
    }
    return names_[names_.size() - 1];
}

bool JsonScanner::next_element() {
    BOOST_ASSERT(failed() || (depth_ > 0 && !frames_[depth_ - 1].is_object));
    Ignore ignore;
    return !failed() && next_in_container(ignore) == Step::value_next;
}

JsonText JsonScanner::take() {
    const auto kind = peek();
    const auto start = lexer_.offset();
    Ignore ignore;
    if (!scan(ignore, depth_ + json_depth_max)) {
        return {};
    }
    return {kind, lexer_.text_from(start)};
}

bool JsonScanner::finish() {
    BOOST_ASSERT(failed() || depth_ == 0);
    if (failed()) {
        return false;
    }
    lexer_.skip_space();
    if (!lexer_.at_end()) {
        fail_value("Nothing but white space may follow the value.");
    }
    return !failed();
}

void JsonScanner::refuse(std::string reason) {
    if (!failed()) {
        fail_value(std::move(reason));
    }
}

bool JsonScanner::open(bool is_object, std::size_t deepest) {
    if (depth_ >= deepest) {
        fail_value("Arrays and objects must not be nested deeper than " +
                   std::to_string(json_depth_max) + " levels.");
        return false;
    }
    lexer_.take(is_object ? '{' : '[');
    frames_[depth_++] = {is_object, true, static_cast<std::uint32_t>(names_.size()), 0};
    return true;
}

// The name, the colon and no value yet.
bool JsonScanner::take_name(const Frame& frame) {
    if (lexer_.peek() != '"') {
        fail_container("A member must start with its name in quotes.");
        return false;
    }
    const auto start = lexer_.offset();
    const auto token = lexer_.take_string();
    if (lexer_.problem() != nullptr) {
        fail_container(lexer_.problem());
        return false;
    }
    std::string_view name = token.inner;
    if (token.escaped) {
        std::string decoded;
        append_unescaped(decoded, token.inner);
        name = names_.keep(std::move(decoded));
    }
    if (!names_.push(frame.names_first, name, start)) {
        fail("A member name must not occur twice in one object.", start, depth_);
        return false;
    }
    lexer_.skip_space();
    if (!lexer_.take(':')) {
        fail_value("A colon must follow a member's name.");
        return false;
    }
    return true;
}

bool JsonScanner::close_object() {
    const auto repeated = names_.pop_to(frames_[depth_ - 1].names_first);
    --depth_;
    if (!repeated) {
        return true;
    }
    fail("A member name must not occur twice in one object.", repeated->offset, depth_);
    append_pointer_token(error_->pointer, repeated->text());
    return false;
}

// At the value that is, or would be, next.
JsonScanner::Step JsonScanner::fail_value(std::string reason) {
    fail(std::move(reason), lexer_.offset(), depth_);
    return Step::failed;
}

// Between two values of the innermost container.
JsonScanner::Step JsonScanner::fail_container(std::string reason) {
    fail(std::move(reason), lexer_.offset(), depth_ - 1);
    return Step::failed;
}

void JsonScanner::fail(std::string reason, std::size_t offset, std::size_t levels) {
    error_ = JsonError{pointer(levels), offset, std::move(reason)};
}

// The outermost `levels` containers' current members and elements.
std::string JsonScanner::pointer(std::size_t levels) const {
    std::string path;
    for (std::size_t level = 0; level < levels; ++level) {
        const Frame& frame = frames_[level];
        if (frame.untouched) {
            break;
        }
        if (!frame.is_object) {
            append_pointer_token(path, std::to_string(frame.elements - 1));
            continue;
        }
        // The last name before those of the next object further in.
        auto end = names_.size();
        for (auto inner = level + 1; inner < depth_; ++inner) {
            if (frames_[inner].is_object) {
                end = frames_[inner].names_first;
                break;
            }
        }
        append_pointer_token(path, names_[end - 1]);
    }
    return path;
}

}  // namespace firn

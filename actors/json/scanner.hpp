// A strict scan of JSON text (RFC 8259) that leaves the bytes where they are.
//
// validate_json() checks a text; JsonScanner walks one, so that a caller meets the members that
// it knows and takes each value as the bytes that came in:
//
//   JsonScanner body(text);
//   body.enter_object();
//   while (const auto name = body.next_member()) {
//       if (*name == "type") { type = body.take(); } else { body.refuse("Unknown member."); }
//   }
//   if (!body.finish()) { … body.error() … }
//
// One pass: each value is checked in full as it is taken, read or not. README.md says what
// strict means. The text must outlive the scanner and the views that it gives.
// Thread: plain value, one thread.
// Errors: the first one stays; from then on nothing is entered, found or taken.
#pragma once

#include "actors/json/json_error.hpp"
#include "actors/json/lexer.hpp"
#include "actors/json/name_stack.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

inline constexpr std::size_t json_depth_max = 64;

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

// A checked value: its bytes without outer white space.
struct JsonText {
    JsonKind kind = JsonKind::null;
    std::string_view raw;
};

// The value if it is one of the kind asked for. An integer is a number without fraction and
// exponent, in range.
[[nodiscard]] std::optional<bool> as_bool(const JsonText& value) noexcept;
[[nodiscard]] std::optional<std::int64_t> as_int64(const JsonText& value) noexcept;
[[nodiscard]] std::optional<std::uint64_t> as_uint64(const JsonText& value) noexcept;
// A view of the text, or of `scratch` if there were escapes to resolve.
[[nodiscard]] std::optional<std::string_view> as_string(const JsonText& value,
                                                        std::string& scratch);

// None: `text` is one JSON value, white space aside.
[[nodiscard]] std::optional<JsonError> validate_json(std::string_view text);

class JsonScanner {
public:
    explicit JsonScanner(std::string_view text);

    // What the next value is, by its first byte; a byte that starts nothing counts as a number.
    [[nodiscard]] JsonKind peek();
    // At most json_depth_max levels.
    bool enter_object();
    bool enter_array();
    // Moves on in the object entered last: the next member's name, decoded, valid as long as the
    // scanner. None: the object has ended and was left, or an error. Before the next call the
    // member's value must be taken, or entered and walked to its end.
    [[nodiscard]] std::optional<std::string_view> next_member();
    // The same for the elements of the array entered last.
    [[nodiscard]] bool next_element();
    // The whole next value, of at most json_depth_max levels of its own, however deep it lies
    // in the text: whether data is accepted does not depend on what it came wrapped in.
    JsonText take();
    // Whether all went well and nothing but white space is left.
    bool finish();

    // Ends the scan with the caller's own objection to the value it took last.
    void refuse(std::string reason);
    [[nodiscard]] bool failed() const noexcept { return error_.has_value(); }
    [[nodiscard]] const JsonError& error() const { return *error_; }

    // Passes the next value's parts to `sink`: null(), boolean(bool), number(NumberToken),
    // string(StringToken), name(string_view, decoded), end_array(size), end_object(size). No
    // container inside it may lie deeper in the text than `deepest` levels.
    template <class Sink>
    bool scan(Sink& sink, std::size_t deepest);

    struct Ignore;  // the sink that only checks

private:
    enum class Step : std::uint8_t { failed, value_next, value_done };

    // An open container.
    struct Frame {
        bool is_object;
        bool untouched;             // its first member or element was not looked for yet
        std::uint32_t names_first;  // an object's names in names_
        std::uint32_t elements;     // of an array, the current one included
    };

    template <class Sink>
    Step begin_value(Sink& sink, std::size_t deepest);
    template <class Sink>
    Step next_in_container(Sink& sink);
    template <class Sink>
    Step next_in_object(Sink& sink, Frame& frame);
    template <class Sink>
    Step next_in_array(Sink& sink, Frame& frame);
    template <class Sink>
    Step begin_word(Sink& sink);

    bool open(bool is_object, std::size_t deepest);
    bool take_name(const Frame& frame);
    bool close_object();
    Step fail_value(std::string reason);
    Step fail_container(std::string reason);
    void fail(std::string reason, std::size_t offset, std::size_t levels);
    [[nodiscard]] std::string pointer(std::size_t levels) const;

    JsonLexer lexer_;
    std::size_t depth_ = 0;
    NameStack names_;
    std::optional<JsonError> error_;
    // A value may be taken at the deepest level that can be entered. Frames past depth_ are
    // never read, so they are left as they are.
    std::array<Frame, 2 * json_depth_max> frames_;
};

struct JsonScanner::Ignore {
    void null() noexcept {}
    void boolean(bool /*value*/) noexcept {}
    void number(const NumberToken& /*token*/) noexcept {}
    void string(const StringToken& /*token*/) noexcept {}
    void name(std::string_view /*name*/) noexcept {}
    void end_array(std::size_t /*size*/) noexcept {}
    void end_object(std::size_t /*size*/) noexcept {}
};

template <class Sink>
bool JsonScanner::scan(Sink& sink, std::size_t deepest) {
    if (failed()) {
        return false;
    }
    const auto outside = depth_;
    for (;;) {
        auto step = begin_value(sink, deepest);
        while (step == Step::value_done) {
            if (depth_ == outside) {
                return true;
            }
            step = next_in_container(sink);
        }
        if (step == Step::failed) {
            return false;
        }
    }
}

template <class Sink>
JsonScanner::Step JsonScanner::begin_value(Sink& sink, std::size_t deepest) {
    lexer_.skip_space();
    switch (lexer_.peek()) {
        case '"': {
            const auto token = lexer_.take_string();
            if (lexer_.problem() != nullptr) {
                return fail_value(lexer_.problem());
            }
            sink.string(token);
            return Step::value_done;
        }
        case '{': return open(true, deepest) ? next_in_container(sink) : Step::failed;
        case '[': return open(false, deepest) ? next_in_container(sink) : Step::failed;
        case 't':
        case 'f':
        case 'n': return begin_word(sink);
        default: {
            const auto token = lexer_.take_number();
            if (lexer_.problem() != nullptr) {
                return fail_value(lexer_.problem());
            }
            sink.number(token);
            return Step::value_done;
        }
    }
}

template <class Sink>
JsonScanner::Step JsonScanner::begin_word(Sink& sink) {
    const char first = lexer_.peek();
    if (!lexer_.take_word(first == 't' ? "true" : first == 'f' ? "false" : "null")) {
        return fail_value(lexer_.problem());
    }
    if (first == 'n') {
        sink.null();
    } else {
        sink.boolean(first == 't');
    }
    return Step::value_done;
}

template <class Sink>
JsonScanner::Step JsonScanner::next_in_container(Sink& sink) {
    Frame& frame = frames_[depth_ - 1];
    lexer_.skip_space();
    return frame.is_object ? next_in_object(sink, frame) : next_in_array(sink, frame);
}

template <class Sink>
JsonScanner::Step JsonScanner::next_in_object(Sink& sink, Frame& frame) {
    if (lexer_.take('}')) {
        const auto size = names_.size() - frame.names_first;
        if (!close_object()) {
            return Step::failed;
        }
        sink.end_object(size);
        return Step::value_done;
    }
    if (!frame.untouched) {
        if (!lexer_.take(',')) {
            return fail_container("A comma or } must follow a member.");
        }
        lexer_.skip_space();
    }
    frame.untouched = false;
    if (!take_name(frame)) {
        return Step::failed;
    }
    sink.name(names_[names_.size() - 1]);
    return Step::value_next;
}

template <class Sink>
JsonScanner::Step JsonScanner::next_in_array(Sink& sink, Frame& frame) {
    if (lexer_.take(']')) {
        --depth_;
        sink.end_array(frame.elements);
        return Step::value_done;
    }
    if (!frame.untouched && !lexer_.take(',')) {
        return fail_container("A comma or ] must follow an element.");
    }
    frame.untouched = false;
    ++frame.elements;
    return Step::value_next;
}

}  // namespace firn

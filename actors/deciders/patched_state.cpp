#include "actors/deciders/patched_state.hpp"

#include "actors/deciders/json_patch.hpp"
#include "actors/deciders/quoted.hpp"
#include "actors/json/json_error.hpp"
#include "actors/json/value.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace firn {

namespace json = boost::json;

namespace {

// The value inside `container` that the token names; null if there is none.
json::value* step(json::value& container, std::string_view token) {
    if (auto* const object = container.if_object()) {
        return object->if_contains(token);
    }
    auto* const array = container.if_array();
    const auto index = array != nullptr ? array_index(token) : std::nullopt;
    return index && *index < array->size() ? &(*array)[*index] : nullptr;
}

std::string shown(const json::value& value) {
    if (value.is_array()) {
        return "an array";
    }
    if (value.is_object()) {
        return "an object";
    }
    if (const auto* const string = value.if_string()) {
        return quoted(*string);
    }
    std::string text;
    write_json(text, value);
    return text;
}

std::string no_element(const json::array& array, std::string_view token) {
    if (token != "-" && !array_index(token)) {
        return quoted(token) + " is not an array index";
    }
    return "the array has " + std::to_string(array.size()) + " elements, none at " + quoted(token);
}

// Why step() found nothing; `way` are the tokens that lead to the container.
std::string nothing_at(const json::value& container, std::string_view token,
                       std::span<const std::string_view> way) {
    std::string place;
    for (const auto part : way) {
        append_pointer_token(place, part);
    }
    const auto in = " in " + quoted(place);
    if (container.is_object()) {
        return "there is no member " + quoted(token) + in;
    }
    if (const auto* const array = container.if_array()) {
        return no_element(*array, token) + in;
    }
    return "there is nothing inside of " + shown(container) + in;
}

}  // namespace

PatchedState::PatchedState()
    : root_(json::object_kind, &memory_), weight_(extent_of(root_).weight) {}

bool PatchedState::restore(JsonScanner& text) {
    if (!parse_next(text, root_) || !text.finish()) {
        return false;
    }
    weight_ = extent_of(root_).weight;
    return true;
}

Failure PatchedState::add(const JsonPointer& path, json::value& value) {
    return put(path, value, extent_of(value));
}

Failure PatchedState::remove(const JsonPointer& path) {
    json::value taken(root_.storage());
    JsonExtent extent;
    return take(path, taken, extent);
}

Failure PatchedState::replace(const JsonPointer& path, json::value& value) {
    json::value* target = nullptr;
    if (auto reason = find(path.tokens(), target)) {
        return reason;
    }
    const auto extent = extent_of(value);
    if (auto reason = check_growth(extent, path.tokens().size())) {
        return reason;
    }
    weight_ += extent.weight;
    weight_ -= extent_of(*target).weight;
    *target = std::move(value);
    return nullptr;
}

Failure PatchedState::move(const JsonPointer& from, const JsonPointer& path) {
    if (from.contains(path)) {
        return failure("a value cannot be moved into itself");
    }
    if (from.whole()) {
        return nullptr;  // to where it is
    }
    json::value taken(root_.storage());
    JsonExtent extent;
    if (auto reason = take(from, taken, extent)) {
        return reason;
    }
    // It can be moved to and fro by every operation, and was walked to know its extent.
    if (auto reason = spend(extent.weight)) {
        return reason;
    }
    return put(path, taken, extent);
}

Failure PatchedState::copy(const JsonPointer& from, const JsonPointer& path) {
    json::value* source = nullptr;
    if (auto reason = find(from.tokens(), source)) {
        return reason;
    }
    const auto extent = extent_of(*source);
    // Before there is a copy: that is what would take the memory.
    if (auto reason = check_growth(extent, path.tokens().size())) {
        return reason;
    }
    if (auto reason = spend(extent.weight)) {
        return reason;
    }
    json::value copied(*source, root_.storage());
    return put(path, copied, extent);
}

Failure PatchedState::test(const JsonPointer& path, const json::value& value) {
    json::value* target = nullptr;
    if (auto reason = find(path.tokens(), target)) {
        return reason;
    }
    if (are_equal(*target, value)) {
        return nullptr;
    }
    const auto is = shown(*target);
    const auto expected = shown(value);
    return failure("it is " + is + ", not " + (is == expected ? "the one tested" : expected));
}

Failure PatchedState::find(Tokens tokens, json::value*& found) {
    found = &root_;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        auto* const inner = step(*found, tokens[i]);
        if (inner == nullptr) {
            return failure(nothing_at(*found, tokens[i], tokens.first(i)));
        }
        found = inner;
    }
    return nullptr;
}

Failure PatchedState::check_growth(const JsonExtent& extent, std::size_t levels_above) const {
    if (levels_above + extent.levels > json_depth_max) {
        return failure("the state would be nested deeper than " + std::to_string(json_depth_max) +
                       " levels");
    }
    if (extent.weight > json_patch_weight_max - std::min(weight_, json_patch_weight_max)) {
        return failure("the state would grow past " + std::to_string(json_patch_weight_max >> 20) +
                       " MiB");
    }
    return nullptr;
}

Failure PatchedState::spend(std::size_t weight) {
    effort_ += weight;
    if (effort_ > json_patch_effort_max) {
        return failure("the event copies, moves and shifts more than " +
                       std::to_string(json_patch_effort_max >> 20) + " MiB in all");
    }
    return nullptr;
}

// Adds a value that is not in the state.
Failure PatchedState::put(const JsonPointer& path, json::value& value, const JsonExtent& extent) {
    const auto tokens = path.tokens();
    if (auto reason = check_growth(extent, tokens.size())) {
        return reason;
    }
    if (path.whole()) {
        root_ = std::move(value);
        weight_ = extent.weight;
        return nullptr;
    }
    json::value* parent = nullptr;
    if (auto reason = find(tokens.first(tokens.size() - 1), parent)) {
        return reason;
    }
    if (auto* const object = parent->if_object()) {
        return put_member(*object, tokens.back(), value, extent);
    }
    if (auto* const array = parent->if_array()) {
        return put_element(*array, tokens.back(), value, extent);
    }
    return failure("nothing can be added inside of " + shown(*parent));
}

Failure PatchedState::put_member(json::object& object, std::string_view name, json::value& value,
                                 const JsonExtent& extent) {
    weight_ += extent.weight;
    if (auto* const member = object.if_contains(name)) {
        weight_ -= extent_of(*member).weight;
        *member = std::move(value);
        return nullptr;
    }
    weight_ += name.size();
    object.emplace(name, std::move(value));
    return nullptr;
}

Failure PatchedState::put_element(json::array& array, std::string_view token, json::value& value,
                                  const JsonExtent& extent) {
    const auto index = token == "-" ? array.size() : array_index(token);
    if (!index || *index > array.size()) {
        return failure(no_element(array, token));
    }
    if (auto reason = spend(value_weight * (array.size() - *index))) {
        return reason;
    }
    weight_ += extent.weight;
    array.insert(array.begin() + *index, std::move(value));
    return nullptr;
}

// Takes a value out of the state.
Failure PatchedState::take(const JsonPointer& path, json::value& taken, JsonExtent& extent) {
    if (path.whole()) {
        return failure("the whole state cannot be removed; replace it with null");
    }
    const auto tokens = path.tokens();
    json::value* parent = nullptr;
    if (auto reason = find(tokens.first(tokens.size() - 1), parent)) {
        return reason;
    }
    auto* const target = step(*parent, tokens.back());
    if (target == nullptr) {
        return failure(nothing_at(*parent, tokens.back(), tokens.first(tokens.size() - 1)));
    }
    extent = extent_of(*target);
    weight_ -= extent.weight;
    taken = std::move(*target);
    if (auto* const object = parent->if_object()) {
        weight_ -= tokens.back().size();
        // The last member takes its place: a state may have many members.
        object->erase(tokens.back());
        return nullptr;
    }
    auto& array = parent->get_array();
    const auto index = *array_index(tokens.back());
    array.erase(array.begin() + index);
    return spend(value_weight * (array.size() - index));
}

}  // namespace firn

#include "actors/deciders/json_pointer.hpp"

#include <algorithm>
#include <charconv>

namespace firn {

namespace {

// Appends the token with its escapes resolved; false: there is one that does not exist.
bool append_decoded(std::string& out, std::string_view token) {
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~') {
            out += token[i];
            continue;
        }
        ++i;
        if (i == token.size() || (token[i] != '0' && token[i] != '1')) {
            return false;
        }
        out += token[i] == '0' ? '~' : '/';
    }
    return true;
}

}  // namespace

bool JsonPointer::assign(std::string_view text) {
    text_ = text;
    tokens_.clear();
    decoded_.clear();
    if (text.empty()) {
        return true;
    }
    if (text.front() != '/') {
        return false;
    }
    const bool escaped = text.find('~') != std::string_view::npos;
    if (escaped) {
        // Tokens view it, so it must not move while it grows.
        decoded_.reserve(text.size());
    }
    for (std::size_t begin = 1; begin <= text.size();) {
        const auto end = std::min(text.find('/', begin), text.size());
        auto token = text.substr(begin, end - begin);
        if (escaped) {
            const auto start = decoded_.size();
            if (!append_decoded(decoded_, token)) {
                return false;
            }
            token = std::string_view(decoded_).substr(start);
        }
        tokens_.push_back(token);
        begin = end + 1;
    }
    return true;
}

bool JsonPointer::contains(const JsonPointer& other) const noexcept {
    return tokens_.size() < other.tokens_.size() &&
           std::equal(tokens_.begin(), tokens_.end(), other.tokens_.begin());
}

std::optional<std::size_t> array_index(std::string_view token) noexcept {
    const bool digits = !token.empty() && std::all_of(token.begin(), token.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
    std::size_t index = 0;
    if (!digits || (token.size() > 1 && token.front() == '0') ||
        std::from_chars(token.data(), token.data() + token.size(), index).ec != std::errc{}) {
        return std::nullopt;
    }
    return index;
}

}  // namespace firn

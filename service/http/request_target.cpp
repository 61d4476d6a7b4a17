#include "service/http/request_target.hpp"

#include "service/http/percent.hpp"
#include "storage/types.hpp"

namespace firn {

void RequestTarget::clear() noexcept {
    authority_ = raw_path_ = culprit_ = {};
    segments_.clear();
    parameters_.clear();
    decoded_.clear();
    asterisk_ = too_deep_ = false;
}

std::string_view RequestTarget::parse(std::string_view raw) {
    clear();
    asterisk_ = raw == "*";
    if (asterisk_) {
        return {};
    }
    if (raw.find('#') != raw.npos) {
        return "A request target holds no fragment.";
    }
    // Decoding only shortens.
    if (raw.find('%') != raw.npos) {
        decoded_.reserve(raw.size());
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (raw.starts_with(scheme)) {
            raw.remove_prefix(scheme.size());
            authority_ = raw.substr(0, raw.find_first_of("/?"));
            raw.remove_prefix(authority_.size());
            if (authority_.empty()) {
                return "The request target names no host.";
            }
            if (!raw.starts_with('/')) {
                return "The request target has no path.";
            }
        }
    }
    if (!raw.starts_with('/')) {
        return "The request target must start with a slash.";
    }
    const auto question = raw.find('?');
    raw_path_ = raw.substr(0, question);
    if (const auto wrong = parse_path(); !wrong.empty()) {
        return wrong;
    }
    return question == raw.npos ? std::string_view{} : parse_query(raw.substr(question + 1));
}

std::string_view RequestTarget::parse_path() {
    auto rest = raw_path_.substr(1);
    if (rest.empty()) {
        return {};
    }
    for (;;) {
        const auto slash = rest.find('/');
        std::string_view decoded;
        if (!decode(rest.substr(0, slash), decoded)) {
            culprit_ = "path";
            return "A part of the path is not percent-encoded UTF-8.";
        }
        if (segments_.size() == segments_max) {
            too_deep_ = true;
            return {};
        }
        segments_.push_back(decoded);
        if (slash == rest.npos) {
            return {};
        }
        rest.remove_prefix(slash + 1);
    }
}

std::string_view RequestTarget::parse_query(std::string_view query) {
    while (!query.empty()) {
        const auto piece = query.substr(0, query.find('&'));
        query.remove_prefix(piece.size() == query.size() ? piece.size() : piece.size() + 1);
        if (piece.empty()) {
            continue;
        }
        const auto equals = piece.find('=');
        Parameter parameter;
        if (!decode(piece.substr(0, equals), parameter.name)) {
            culprit_ = "query";
            return "The name of a query parameter is not percent-encoded UTF-8.";
        }
        const auto value = equals == piece.npos ? std::string_view{} : piece.substr(equals + 1);
        if (!decode(value, parameter.value)) {
            culprit_ = parameter.name;
            return "The value of a query parameter is not percent-encoded UTF-8.";
        }
        if (parameters_.size() == parameters_max) {
            culprit_ = parameter.name;
            return "There are more than 64 query parameters.";
        }
        parameters_.push_back(parameter);
    }
    return {};
}

bool RequestTarget::decode(std::string_view raw, std::string_view& decoded) {
    if (raw.find('%') == raw.npos) {
        decoded = raw;
    } else {
        const auto start = decoded_.size();
        if (!append_percent_decoded(decoded_, raw)) {
            return false;
        }
        decoded = std::string_view(decoded_).substr(start);
    }
    return is_valid_utf8(decoded) && decoded.find('\0') == decoded.npos;
}

}  // namespace firn

// A request's target, taken apart: the path is split first and decoded afterwards, so that %2F
// is a character of a name and not a separator. Nothing is normalised.
// Thread: plain value, reused from request to request. Errors: parse() says what is wrong.
#pragma once

#include <boost/container/static_vector.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace firn {

class RequestTarget {
public:
    static constexpr std::size_t segments_max = 8;
    static constexpr std::size_t parameters_max = 64;

    struct Parameter {
        std::string_view name;
        std::string_view value;
    };

    // Empty: good. Else a sentence for the problem's detail; `parameter()` may name the culprit.
    [[nodiscard]] std::string_view parse(std::string_view raw);
    void clear() noexcept;
    [[nodiscard]] std::string_view culprit() const noexcept { return culprit_; }

    // The part of an absolute-form target that must equal Host; empty for the origin form.
    [[nodiscard]] std::string_view authority() const noexcept { return authority_; }
    [[nodiscard]] bool is_asterisk() const noexcept { return asterisk_; }

    // Decoded segments. None for "/"; more than segments_max: too_deep().
    [[nodiscard]] std::size_t size() const noexcept { return segments_.size(); }
    [[nodiscard]] std::string_view segment(std::size_t i) const noexcept { return segments_[i]; }
    [[nodiscard]] bool too_deep() const noexcept { return too_deep_; }

    [[nodiscard]] const auto& parameters() const noexcept { return parameters_; }
    // As it was sent, from the '/' on, without the query.
    [[nodiscard]] std::string_view raw_path() const noexcept { return raw_path_; }

private:
    [[nodiscard]] std::string_view parse_path();
    [[nodiscard]] std::string_view parse_query(std::string_view query);
    // False: broken escape or not UTF-8.
    [[nodiscard]] bool decode(std::string_view raw, std::string_view& decoded);

    std::string_view authority_;
    std::string_view raw_path_;
    std::string_view culprit_;
    boost::container::static_vector<std::string_view, segments_max> segments_;
    boost::container::static_vector<Parameter, parameters_max> parameters_;
    std::string decoded_;  // reserved once per target, so that views into it hold
    bool asterisk_ = false;
    bool too_deep_ = false;
};

}  // namespace firn

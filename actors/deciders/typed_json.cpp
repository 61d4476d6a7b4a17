#include "actors/deciders/typed_json.hpp"

#include "actors/deciders/json_tree.hpp"

#include <boost/system/system_error.hpp>

#include <exception>

namespace firn {

std::string thrown_reason() {
    try {
        throw;
    } catch (const boost::system::system_error& error) {
        // what() would name the place in the library's source, too.
        return error.code().message();
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "something that is no std::exception was thrown";
    }
}

Failure write_checked(std::string& out, const boost::json::value& value) {
    if (const auto* const reason = why_not_json(value)) {
        return failure(reason);
    }
    write_json(out, value);
    return nullptr;
}

std::string unknown_type(std::string_view noun, std::string_view type,
                         std::span<const std::string_view> known) {
    std::string reason = "unknown ";
    reason.append(noun).append(" type ").append(quoted(type));
    reason += known.size() == 1 ? "; the only one is " : "; the known ones are ";
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (i > 0) {
            reason += i + 1 == known.size() ? " and " : ", ";
        }
        reason += quoted(known[i]);
    }
    return reason;
}

std::string placed(const std::string& pointer, std::string reason) {
    return pointer.empty() ? reason : reason + " (at " + quoted(pointer) + ")";
}

}  // namespace firn

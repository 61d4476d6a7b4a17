// Holds answers against openapi.json: is such a status, with such a body, described for the call?
//
// It knows the words of JSON Schema that the document uses, and objects to any other, so that
// nothing is passed over.
// Thread: one at a time. Errors: an objection in words; empty: as described.
#pragma once

#include "tests/support/http_client.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <regex>
#include <string>
#include <string_view>

namespace firn::test {

class Description {
public:
    Description();

    [[nodiscard]] std::string objection(std::string_view method, std::string_view target,
                                        const HttpReply& reply) const;

    // To one message of a live feed: its event ("message" if it has none of its own) and its data.
    [[nodiscard]] std::string objection_to_message(std::string_view target, std::string_view event,
                                                   std::string_view data) const;

private:
    // Null if it is not described.
    [[nodiscard]] const boost::json::object* path_item(std::string_view target) const;
    [[nodiscard]] const boost::json::value& resolved(const boost::json::value& schema) const;
    [[nodiscard]] std::string objection_to_body(const boost::json::object& response,
                                                const HttpReply& reply) const;
    [[nodiscard]] std::string objection_to_messages(const boost::json::object& described,
                                                    std::string_view body) const;
    [[nodiscard]] std::string objection_to_message(const boost::json::object& described,
                                                   std::string_view event,
                                                   std::string_view data) const;
    [[nodiscard]] std::string objection_to_lines(std::string_view text,
                                                 const boost::json::value& schema) const;
    [[nodiscard]] std::string objection_to(const boost::json::value& value,
                                           const boost::json::value& schema,
                                           const std::string& at) const;
    [[nodiscard]] std::string objection_to_word(const boost::json::value& value,
                                                std::string_view word,
                                                const boost::json::object& schema,
                                                const std::string& at) const;
    [[nodiscard]] std::string objection_to_members(const boost::json::object& value,
                                                   const boost::json::object& schema,
                                                   const std::string& at) const;

    [[nodiscard]] bool matches(std::string_view text, std::string_view pattern) const;

    boost::json::value document_;
    // Compiled once: answers have thousands of lines.
    mutable std::map<std::string, std::regex, std::less<>> patterns_;
};

}  // namespace firn::test

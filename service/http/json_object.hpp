// Writes a JSON object member by member: {"a":1,"b":"two"}.
// Thread: plain value. Errors: none.
#pragma once

#include "service/http/json_text.hpp"

#include <string>
#include <string_view>

namespace firn {

class JsonObject {
public:
    explicit JsonObject(std::string& out) : out_(out) { out_.push_back('{'); }
    JsonObject(const JsonObject&) = delete;
    JsonObject& operator=(const JsonObject&) = delete;

    JsonObject& add(std::string_view name, std::uint64_t number) {
        append_number(begin(name), number);
        return *this;
    }
    JsonObject& text(std::string_view name, std::string_view text) {
        append_json_string(begin(name), text);
        return *this;
    }
    JsonObject& flag(std::string_view name, bool value) {
        begin(name).append(value ? "true" : "false");
        return *this;
    }
    // The member's value is the caller's to write.
    std::string& begin(std::string_view name) {
        out_.append(out_.back() == '{' ? "\"" : ",\"").append(name).append("\":");
        return out_;
    }
    void end() { out_.push_back('}'); }

private:
    std::string& out_;
};

}  // namespace firn

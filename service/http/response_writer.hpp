// Puts a response into bytes.
// Thread: one session's. Errors: none.
#pragma once

#include "service/http/http_date.hpp"
#include "service/http/response.hpp"

#include <string>
#include <string_view>

namespace firn {

class ResponseWriter {
public:
    struct Terms {
        std::string_view request_id;
        bool keep_alive = true;
        bool http_1_0 = false;
        bool without_body = false;  // HEAD: the length is told, the body is not sent
    };
    void write(std::string& out, const Response& response, const Terms& terms);

private:
    HttpDate date_;
};

[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

}  // namespace firn

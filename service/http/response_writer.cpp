#include "service/http/response_writer.hpp"

#include "service/http/json_text.hpp"

namespace firn {

std::string_view reason_phrase(unsigned status) noexcept {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 503: return "Service Unavailable";
        case 507: return "Insufficient Storage";
        default: return "";
    }
}

void ResponseWriter::write(std::string& out, const Response& response, const Terms& terms) {
    // Always 1.1: a server states its own version (RFC 9110, 2.5).
    out.append("HTTP/1.1 ");
    append_number(out, response.status);
    out.push_back(' ');
    out.append(reason_phrase(response.status)).append("\r\nDate: ").append(date_.now());
    out.append("\r\nX-Request-Id: ").append(terms.request_id).append("\r\n");
    if (!terms.keep_alive) {
        out.append("Connection: close\r\n");
    } else if (terms.http_1_0) {
        out.append("Connection: keep-alive\r\n");
    }
    if (response.varies_by_accept) {
        out.append("Vary: Accept\r\n");
    }
    out.append(response.header_lines);
    const bool bodiless = response.status == 204 || response.status == 304;
    if (bodiless) {
        out.append("\r\n");
        return;
    }
    if (!response.content_type.empty()) {
        out.append("Content-Type: ").append(response.content_type).append("\r\n");
    }
    if (response.source) {
        // 1.0 knows no chunks: there the end of the connection is the end of the body.
        out.append(terms.http_1_0 ? "\r\n" : "Transfer-Encoding: chunked\r\n\r\n");
        return;
    }
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n\r\n");
    if (!terms.without_body) {
        out.append(response.body);
    }
}

}  // namespace firn

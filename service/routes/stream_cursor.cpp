#include "service/routes/stream_cursor.hpp"

#include "service/http/percent.hpp"

namespace firn {

Read<StreamName> stream_cursor_of(const RequestTarget& target) {
    const auto cursor = parameter(target, "cursor");
    if (!cursor) {
        return StreamName{};
    }
    const auto slash = cursor->find('/');
    if (slash == cursor->npos || !is_valid_category(cursor->substr(0, slash)) ||
        !is_valid_stream_id(cursor->substr(slash + 1))) {
        return bad_parameter("cursor", "\"cursor\" is not one that a page's \"next\" held.");
    }
    return StreamName{std::string(cursor->substr(0, slash)),
                      std::string(cursor->substr(slash + 1))};
}

void append_stream_cursor(std::string& url, const StreamName& last) {
    url.append("&cursor=");
    append_percent_encoded(url, last.category + "/" + last.id);
}

}  // namespace firn

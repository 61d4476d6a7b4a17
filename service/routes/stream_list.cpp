// GET /v1/streams
#include "service/http/error_problem.hpp"
#include "service/http/json_text.hpp"
#include "service/http/percent.hpp"
#include "service/routes/resources.hpp"
#include "service/routes/stream_cursor.hpp"
#include "service/routes/stream_info.hpp"

namespace firn {

namespace {

Read<ListQuery> check(const Call& call) {
    const auto& target = call.request.target;
    ListQuery query;
    const auto limit = limit_of(call);
    if (!limit) {
        return limit.error();
    }
    query.limit = *limit;
    if (const auto category = parameter(target, "category")) {
        if (!is_valid_category(*category)) {
            return bad_parameter(
                "category", "\"" + std::string(*category) + "\" is not the name of a category.");
        }
        query.category = *category;
    }
    query.prefix = parameter(target, "prefix").value_or(std::string_view{});
    auto cursor = stream_cursor_of(target);
    if (!cursor) {
        return cursor.error();
    }
    query.after = *std::move(cursor);
    return query;
}

std::string next_url(const ListQuery& query, const StreamName& last) {
    std::string url = "/v1/streams?limit=";
    append_number(url, query.limit);
    const auto add = [&url](std::string_view name, std::string_view value) {
        if (!value.empty()) {
            url.append("&").append(name).append("=");
            append_percent_encoded(url, value);
        }
    };
    add("category", query.category);
    add("prefix", query.prefix);
    append_stream_cursor(url, last);
    return url;
}

}  // namespace

bool list_streams(const Call& call) {
    const auto query = check(call);
    if (!query) {
        query.error().write_to(call.response);
        return true;
    }
    const auto list = call.service.store().list(*query);
    if (!list) {
        problem_of(list.error(), "The list of streams").write_to(call.response);
        return true;
    }
    auto& out = call.response.body;
    call.response.content_type = content_types::json;
    out.append("{\"streams\":[");
    for (const auto& facts : list->streams) {
        out.append(out.back() == '[' ? "" : ",");
        append_stream_info(out, facts, snapshot_count(call, facts.stream));
    }
    out.append("],\"next\":");
    if (list->more && !list->streams.empty()) {
        const auto next = next_url(*query, list->streams.back().stream);
        append_json_string(out, next);
        call.response.add_header("Link", "<" + next + ">; rel=\"next\"");
    } else {
        out.append("null");
    }
    out.push_back('}');
    return true;
}

}  // namespace firn

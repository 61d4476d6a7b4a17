// GET and POST /v1/streams/{category}/{id}/snapshots, GET and PUT …/snapshots/{version}
#include "actors/categories/category_registry.hpp"
#include "actors/identity/timestamp.hpp"
#include "actors/json/scanner.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"
#include "service/routes/state_problem.hpp"

namespace firn {

namespace asio = boost::asio;

namespace {

std::string_view name_of(SnapshotKind kind) noexcept {
    switch (kind) {
        case SnapshotKind::automatic: return "automatic";
        case SnapshotKind::manual: return "manual";
        case SnapshotKind::client: return "client";
        case SnapshotKind::anchor: return "anchor";
    }
    return "";
}

// Without its end, so that the state may follow.
void begin_snapshot(JsonObject& object, const SnapshotFacts& facts) {
    object.add("version", facts.version.value())
        .text("kind", name_of(facts.kind))
        .add("bytes", facts.bytes)
        .text("state_hash", to_hex(facts.state_hash))
        .text("chain_hash", to_hex(facts.chain_hash));
    JsonObject(object.begin("decider"))
        .text("kind", facts.decider_kind)
        .add("revision", facts.revision)
        .end();
    std::string created;
    write_rfc3339(created, facts.created_at);
    object.text("created_at", created);
}

void write_snapshot(Response& response, const SnapshotFacts& facts, const std::string* state) {
    response.content_type = content_types::json;
    JsonObject object(response.body);
    begin_snapshot(object, facts);
    if (state != nullptr) {
        object.begin("state").append(*state);
    }
    object.end();
}

// stream_not_found and stream_deleted, which the snapshot store does not tell.
[[nodiscard]] bool refuse_missing(const Call& call, const StreamName& stream) {
    const auto head = call.service.store().head_version(stream);
    if (head && *head != no_version) {
        return false;
    }
    const auto error = head ? make_error_code(storage_errc::stream_not_found) : head.error();
    problem_of(error, subject_of(stream)).write_to(call.response);
    return true;
}

struct PutBody {
    std::string state;
    std::uint32_t revision = 0;
};

Read<PutBody> parse_put_body(std::string_view text) {
    PutBody body;
    bool has_state = false;
    JsonScanner scanner(text);
    scanner.enter_object();
    while (const auto name = scanner.next_member()) {
        const std::string member(*name);
        const auto value = scanner.take();
        if (member == "state") {
            body.state = value.raw;
            has_state = true;
        } else if (member == "revision") {
            const auto revision = as_uint64(value);
            if (!revision || *revision == 0 || *revision > UINT32_MAX) {
                scanner.refuse("\"revision\" must be the decider's, a whole number from 1.");
            } else {
                body.revision = static_cast<std::uint32_t>(*revision);
            }
        } else {
            scanner.refuse(unknown_member);
        }
    }
    if (!scanner.finish()) {
        return malformed_body(scanner.error());
    }
    if (!has_state || body.revision == 0) {
        return bad_member("", "A snapshot needs a \"state\" and the decider's \"revision\".");
    }
    return body;
}

// A newer one may take the newest one's place between the two looks at it.
result<std::optional<Snapshot>> newest_snapshot(const SnapshotStore& snapshots,
                                                const StreamName& stream) {
    constexpr int looks_max = 8;
    for (int look = 1;; ++look) {
        const auto list = snapshots.list(stream);
        if (!list) {
            return list.error();
        }
        if (list->empty()) {
            return std::optional<Snapshot>();
        }
        auto found = snapshots.find(stream, list->back().version);
        if (!found || *found || look == looks_max) {
            return found;
        }
    }
}

Read<Version> version_of(const Request& request) {
    const auto text = request.target.segment(5);
    const auto version = parse_number(text);
    if (!version || *version == 0) {
        return bad_parameter("version", "\"" + std::string(text) +
                                            "\" is no version; it must be a whole number from 1.");
    }
    return Version{*version};
}

// Whether a client of this category may put states that it folded by this revision.
std::optional<Problem> check_client_folds(const std::string& name, const CategoryInEffect& category,
                                          std::uint32_t revision) {
    const auto decider = "The decider of category \"" + name + "\" ";
    if (!category.is_external()) {
        return Problem(Slug::bad_request,
                       decider + "is " + std::string(category.decider_kind()) +
                           ", so that states are folded here; snapshots of clients are for "
                           "categories whose decider is external.");
    }
    if (revision != category.revision) {
        return bad_member("/revision",
                          decider + "has revision " + std::to_string(category.revision) + ", not " +
                              std::to_string(revision) + ". Fold the state by that one.");
    }
    return std::nullopt;
}

Problem put_problem(const Call& call, const StreamName& stream, Version version,
                    const CategoryInEffect& category, const StateFailure& failure) {
    if (failure.error == storage_errc::too_large) {
        return {Slug::too_large, "The state is larger than limits.state_bytes_max of category \"" +
                                     stream.category + "\", which is " +
                                     std::to_string(category.state_bytes_max) + " bytes."};
    }
    if (failure.error == storage_errc::version_not_found) {
        const auto head = call.service.store().head_version(stream);
        if (head && version <= *head) {
            return {Slug::too_late, subject_of(stream) +
                                        " keeps only the newest snapshots of its clients, as "
                                        "many as snapshots.keep says, and has that many of later "
                                        "versions than " +
                                        std::to_string(version.value()) + "."};
        }
        return state_problem(call, stream, {failure.error, head ? *head : no_version, {}});
    }
    return state_problem(call, stream, failure);
}

}  // namespace

bool list_snapshots(const Call& call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        return true;
    }
    if (refuse_missing(call, *stream)) {
        return true;
    }
    const auto list = call.service.store().snapshots().list(*stream);
    if (!list) {
        problem_of(list.error(), subject_of(*stream)).write_to(call.response);
        return true;
    }
    call.response.content_type = content_types::json;
    auto& out = call.response.body;
    out.append("{\"snapshots\":[");
    for (const auto& facts : *list) {
        out.append(out.back() == '[' ? "" : ",");
        JsonObject object(out);
        begin_snapshot(object, facts);
        object.end();
    }
    out.append("]}");
    return true;
}

bool read_snapshot(const Call& call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        return true;
    }
    const auto text = call.request.target.segment(5);
    const bool latest = text == "latest";
    const auto version = latest ? Read<Version>(no_version) : version_of(call.request);
    if (!version) {
        version.error().write_to(call.response);
        return true;
    }
    if (refuse_missing(call, *stream)) {
        return true;
    }
    const auto& snapshots = call.service.store().snapshots();
    const auto found =
        latest ? newest_snapshot(snapshots, *stream) : snapshots.find(*stream, *version);
    if (!found) {
        problem_of(found.error(), subject_of(*stream)).write_to(call.response);
    } else if (!*found) {
        Problem(
            Slug::not_found,
            subject_of(*stream) + (latest ? " has no snapshot yet. POST to .../snapshots takes one."
                                          : " has no snapshot of version " + std::string(text) +
                                                ". GET .../snapshots lists what there is."))
            .write_to(call.response);
    } else {
        write_snapshot(call.response, (*found)->facts, &(*found)->state);
    }
    return true;
}

asio::awaitable<void> take_snapshot(Call call) {
    const auto stream = stream_of(call.request);
    if (!stream) {
        stream.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_no_precondition(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    if (!call.request.body.empty()) {
        bad_member("", "A snapshot is taken of what is there; send no body.")
            .write_to(call.response);
        co_return;
    }
    if (refuse_missing(call, *stream)) {
        co_return;
    }
    const auto taken = co_await call.service.take_snapshot(*stream);
    if (!taken && taken.error().error == actor_errc::bad_request) {
        Problem(Slug::bad_request,
                "The category's decider is external: its clients fold, and PUT their snapshots "
                "to .../snapshots/{version}.")
            .write_to(call.response);
    } else if (!taken) {
        state_problem(call, *stream, taken.error()).write_to(call.response);
    } else {
        call.response.status = 201;
        write_snapshot(call.response, *taken, nullptr);
    }
}

asio::awaitable<void> put_snapshot(Call call) {
    const auto stream = stream_of(call.request);
    const auto version = version_of(call.request);
    if (!stream || !version) {
        (stream ? version.error() : stream.error()).write_to(call.response);
        co_return;
    }
    if (const auto problem = check_plain_write(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    auto body = parse_put_body(call.request.body);
    if (!body) {
        body.error().write_to(call.response);
        co_return;
    }
    if (refuse_missing(call, *stream)) {
        co_return;
    }
    const auto category = call.service.categories()->find_or_make(stream->category)->in_effect();
    if (const auto problem = check_client_folds(stream->category, *category, body->revision)) {
        problem->write_to(call.response);
        co_return;
    }
    const auto put = co_await call.service.put_snapshot(*stream, *version, std::move(body->state),
                                                        body->revision);
    if (put) {
        write_snapshot(call.response, *put, nullptr);
    } else {
        put_problem(call, *stream, *version, *category, put.error()).write_to(call.response);
    }
}

}  // namespace firn

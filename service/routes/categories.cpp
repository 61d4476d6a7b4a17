// GET, PUT and DELETE /v1/categories/{category}, GET /v1/categories, GET …/advice
#include "actors/categories/category_registry.hpp"
#include "service/http/error_problem.hpp"
#include "service/http/json_object.hpp"
#include "service/routes/json_body.hpp"
#include "service/routes/resources.hpp"

#include <cmath>

namespace firn {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t compaction_min_events = 1000;

// The settings that nobody set, so that the server's defaults are in effect: what a client must
// leave out when it puts back what it read.
void append_defaults(std::string& out, const CategorySettings& settings) {
    const std::pair<std::string_view, bool> all[] = {
        {"decider", settings.decider.has_value()},
        {"snapshots.every", settings.snapshots.every.has_value()},
        {"snapshots.keep", settings.snapshots.keep.has_value()},
        {"compaction.enabled", settings.compaction.enabled.has_value()},
        {"compaction.keep_last", settings.compaction.keep_last.has_value()},
        {"compaction.min_events", settings.compaction.min_events.has_value()},
        {"limits.state_bytes_max", settings.state_bytes_max.has_value()},
    };
    out.push_back('[');
    for (const auto& [name, is_set] : all) {
        if (!is_set) {
            out.append(out.back() == '[' ? "" : ",");
            append_json_string(out, name);
        }
    }
    out.push_back(']');
}

void append_category(std::string& out, const std::string& name, const CategoryInEffect& category) {
    const auto& settings = category.settings;
    JsonObject object(out);
    object.text("category", name);
    {
        JsonObject decider(object.begin("decider"));
        decider.text("kind", category.decider_kind()).add("revision", category.revision);
        decider.flag("declared", settings.decider.has_value());
        if (settings.decider && !settings.decider->source.empty()) {
            decider.text("source", settings.decider->source);
        }
        if (settings.decider && !settings.decider->name.empty()) {
            decider.text("name", settings.decider->name);
        }
        if (!category.unavailable.empty()) {
            decider.text("unavailable", category.unavailable);
        }
        decider.end();
    }
    JsonObject(object.begin("snapshots"))
        .add("every", category.snapshots.every)
        .add("keep", category.snapshots.keep)
        .end();
    JsonObject compaction(object.begin("compaction"));
    compaction.flag("enabled", settings.compaction.enabled.value_or(false));
    if (settings.compaction.keep_last) {
        compaction.add("keep_last", *settings.compaction.keep_last);
    }
    compaction.add("min_events", settings.compaction.min_events.value_or(compaction_min_events))
        .end();
    JsonObject(object.begin("limits")).add("state_bytes_max", category.state_bytes_max).end();
    append_defaults(object.begin("defaults"), settings);
    object.end();
}

Problem not_set(const std::string& name) {
    return {Slug::category_not_found, "The category \"" + name +
                                          "\" has no settings of its own: the defaults apply. PUT "
                                          "some to /v1/categories/" +
                                          name + "."};
}

Problem invalid(const InvalidDecider& decider) {
    auto problem =
        Problem(Slug::invalid_decider,
                decider.line == 0 ? decider.reason
                                  : "Line " + std::to_string(decider.line) + ": " + decider.reason)
            .with("reason", decider.reason);
    return decider.line == 0
               ? std::move(problem)
               : std::move(problem).with("line", static_cast<std::uint64_t>(decider.line));
}

void write_category(const Call& call, const std::string& name) {
    const auto category = call.service.categories()->find_set(name);
    if (!category) {
        not_set(name).write_to(call.response);
        return;
    }
    call.response.content_type = content_types::json;
    append_category(call.response.body, name, *category);
}

}  // namespace

bool list_categories(const Call& call) {
    const auto categories = call.service.categories();
    call.response.content_type = content_types::json;
    auto& out = call.response.body;
    out.append("{\"categories\":[");
    for (const auto& name : categories->names()) {
        if (const auto category = categories->find_set(name)) {
            out.append(out.back() == '[' ? "" : ",");
            append_category(out, name, *category);
        }
    }
    out.append("]}");
    return true;
}

bool read_category(const Call& call) {
    const auto name = category_of(call.request);
    if (name) {
        write_category(call, *name);
    } else {
        name.error().write_to(call.response);
    }
    return true;
}

asio::awaitable<void> put_category(Call call) {
    const auto name = category_of(call.request);
    if (!name) {
        name.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_plain_write(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    auto settings = parse_category_settings(call.request.body);
    if (!settings) {
        malformed_body(settings.error()).write_to(call.response);
        co_return;
    }
    const auto outcome = co_await call.service.set_category(*name, std::move(*settings));
    if (outcome.error == actor_errc::invalid_decider) {
        invalid(outcome.invalid).write_to(call.response);
    } else if (outcome.error) {
        problem_of(outcome.error, "The category " + *name).write_to(call.response);
    } else {
        write_category(call, *name);
    }
}

asio::awaitable<void> delete_category(Call call) {
    const auto name = category_of(call.request);
    if (!name) {
        name.error().write_to(call.response);
        co_return;
    }
    if (const auto problem = check_no_precondition(call.request)) {
        problem->write_to(call.response);
        co_return;
    }
    if (!call.service.categories()->find_set(*name)) {
        not_set(*name).write_to(call.response);
        co_return;
    }
    const auto outcome = co_await call.service.set_category(*name, std::nullopt);
    if (outcome.error) {
        problem_of(outcome.error, "The category " + *name).write_to(call.response);
        co_return;
    }
    call.response.status = 204;
}

bool read_advice(const Call& call) {
    const auto name = category_of(call.request);
    if (!name) {
        name.error().write_to(call.response);
        return true;
    }
    const auto [measured, advice, every] = call.service.advise(*name);
    const auto rounded = [](double value) {
        return static_cast<std::uint64_t>(std::llround(value));
    };
    call.response.content_type = content_types::json;
    JsonObject answer(call.response.body);
    answer.text("category", *name).add("recommended_every", advice.recommended_every);
    answer.add("current_every", every);
    if (advice.pays_from_events) {
        answer.add("pays_from_events", *advice.pays_from_events);
    } else {
        answer.begin("pays_from_events").append("null");
    }
    answer.text("reason", advice.reason);
    JsonObject(answer.begin("measured"))
        .add("events_folded", measured.events_folded)
        .add("fold_ns_per_event", rounded(measured.fold_ns))
        .add("snapshots_made", measured.snapshots_made)
        .add("make_ns", rounded(measured.make_ns))
        .add("snapshots_restored", measured.snapshots_restored)
        .add("restore_ns", rounded(measured.restore_ns))
        .add("snapshot_bytes", rounded(measured.snapshot_bytes))
        .add("loads", measured.loads)
        .add("events_per_load", rounded(measured.events_per_load))
        .add("events_appended", measured.appended)
        .end();
    answer.end();
    return true;
}

}  // namespace firn

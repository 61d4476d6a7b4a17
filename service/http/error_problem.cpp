#include "service/http/error_problem.hpp"

namespace firn {

namespace {

Problem about(Slug slug, std::string_view subject, std::string_view rest) {
    return {slug, std::string(subject).append(" ").append(rest)};
}

Problem of_storage(storage_errc error, std::string_view subject) {
    switch (error) {
        case storage_errc::wrong_version:
            return about(Slug::wrong_version, subject, "is not at the expected version.");
        case storage_errc::duplicate_event:
            return about(Slug::duplicate_event, subject,
                         "has an event of that id with other content or in another order.");
        case storage_errc::stream_not_found:
            return about(Slug::stream_not_found, subject, "does not exist.");
        case storage_errc::stream_deleted:
            return about(Slug::stream_deleted, subject,
                         "was deleted for good. Its name cannot be used again.");
        case storage_errc::version_not_found:
            return about(Slug::version_not_found, subject, "has no such version yet.");
        case storage_errc::compacted:
            return about(Slug::compacted, subject, "no longer holds that version.");
        case storage_errc::too_large:
            return {Slug::too_large,
                    "The events of this request do not fit into one transaction. Append fewer at "
                    "a time."};
        case storage_errc::disk_full:
            return {Slug::disk_full,
                    "There is no room on the server's disk. Reads go on; append again once there "
                    "is room."};
        case storage_errc::io_failed:
            return {
                Slug::internal,
                "A write failed, and whether it is durable is not known. Send the request again, "
                "with the same ids if it brings events."};
        case storage_errc::store_failed:
            return {Slug::internal,
                    "The store stopped accepting appends after a failure; the server's log says "
                    "why. Reads go on."};
        case storage_errc::corrupt:
            return {Slug::internal,
                    "A stored record does not check. Run `firn verify` on the data directory."};
        case storage_errc::closed:
            return {Slug::overloaded, "The server is stopping; try again shortly."};
        case storage_errc::overloaded:
            return {Slug::overloaded, "Too much waits to be written; try again shortly."};
        case storage_errc::anchor_missing:
            return about(Slug::internal, subject, "has no whole anchor; nothing was deleted.");
        case storage_errc::too_late:
            return about(Slug::too_late, subject, "cannot be changed there any more.");
        case storage_errc::already_running:
            return {Slug::overloaded, "That is running already; try again when it is done."};
    }
    return {Slug::internal, "The server met an error that it does not know."};
}

Problem of_actors(actor_errc error, std::string_view subject) {
    switch (error) {
        case actor_errc::overloaded:
            return {Slug::overloaded, "Too much waits to be written; try again shortly."};
        case actor_errc::closed:
            return {Slug::overloaded, "The server is stopping; try again shortly."};
        case actor_errc::fold_failed:
            return about(Slug::fold_failed, subject, "holds an event that does not fold.");
        case actor_errc::command_rejected:
            return about(Slug::command_rejected, subject, "refuses the command.");
        case actor_errc::no_decide:
            return about(Slug::no_decide, subject,
                         "takes no commands: the decider of its category has no decide.");
        case actor_errc::invalid_decider:
            return about(Slug::invalid_decider, subject, "cannot have that decider.");
        case actor_errc::unrecoverable_state:
            return about(Slug::unrecoverable_state, subject,
                         "has lost what stands in for its deleted events: both copies are "
                         "damaged. The events that it holds can be read.");
        case actor_errc::decider_not_declared:
            return about(Slug::decider_not_declared, subject,
                         "cannot be compacted before its category's decider was declared: PUT it "
                         "to /v1/categories/{category}. The default may not be what its events "
                         "mean.");
        case actor_errc::migration_needed:
            return about(Slug::migration_needed, subject,
                         "has compacted streams, whose states this decider could not take over: "
                         "give it a migrate(state, from_revision).");
        case actor_errc::compaction_running:
            return about(Slug::compaction_running, subject,
                         "is being compacted with other options. Wait for that, or cancel it.");
        case actor_errc::compaction_not_found:
            return about(Slug::compaction_not_found, subject, "does not exist.");
        case actor_errc::plan_changed:
            return about(Slug::overloaded, subject,
                         "changed while it was being compacted; nothing was deleted. Try again.");
        case actor_errc::subscription_not_found:
            return about(Slug::subscription_not_found, subject,
                         "does not exist. PUT settings to its URL to make it.");
        case actor_errc::subscriptions_full:
            return {Slug::overloaded,
                    "There are as many subscriptions as subscriptions.count_max allows. Delete one "
                    "that nobody needs, or raise it."};
        case actor_errc::start_is_fixed:
            return about(Slug::bad_request, subject,
                         "began elsewhere, and its checkpoint only moves forwards. Leave \"from\" "
                         "out, or delete it and make it anew.");
        case actor_errc::position_past_head:
            return about(Slug::bad_request, subject,
                         "cannot be at a position that no event has yet.");
        case actor_errc::bad_request:
            return about(Slug::bad_request, subject, "cannot be asked for that.");
    }
    return {Slug::internal, "The server met an error that it does not know."};
}

}  // namespace

Problem problem_of(const error_code& error, std::string_view subject) {
    if (error.category() == storage_category()) {
        return of_storage(static_cast<storage_errc>(error.value()), subject);
    }
    if (error.category() == actor_category()) {
        return of_actors(static_cast<actor_errc>(error.value()), subject);
    }
    return {Slug::internal, "The server met an error: " + error.message() + "."};
}

}  // namespace firn

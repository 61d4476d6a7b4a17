#include "service/routes/state_problem.hpp"

#include "service/http/error_problem.hpp"

namespace firn {

namespace {

Problem fold_problem(const std::string& category, const std::string& subject,
                     const FoldFailure& fold) {
    const auto version = std::to_string(fold.version.value());
    const auto where = fold.version == no_version
                           ? subject + " has no state: "
                           : subject + " has no state as of version " + version + ": ";
    return Problem(Slug::fold_failed, where + fold.reason +
                                          ". Its events can be read; for a state, mend the "
                                          "decider or its limits with PUT /v1/categories/" +
                                          category + ".")
        .with("version", fold.version.value())
        .with("reason", fold.reason);
}

}  // namespace

Problem state_problem(const Call& call, const StreamName& stream, const StateFailure& failure) {
    const auto subject = subject_of(stream);
    if (failure.fold) {
        return fold_problem(stream.category, subject, *failure.fold);
    }
    if (failure.error == storage_errc::version_not_found && failure.current_version != no_version) {
        return Problem(Slug::version_not_found,
                       subject + " is at version " +
                           std::to_string(failure.current_version.value()) + ".")
            .with("current_version", failure.current_version.value());
    }
    auto problem = problem_of(failure.error, subject);
    if (failure.error == storage_errc::compacted) {
        if (const auto facts = call.service.store().facts(stream)) {
            problem = std::move(problem)
                          .with("first_version", facts->first_version.value())
                          .with("snapshot_version", facts->first_version.value() - 1);
        }
    }
    return problem;
}

}  // namespace firn

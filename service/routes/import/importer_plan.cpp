// What of a batch is to be appended, given what is there.
#include "actors/categories/category_registry.hpp"
#include "service/http/error_problem.hpp"
#include "service/routes/import/importer.hpp"

#include <algorithm>

namespace firn {

namespace {

// No line can state it.
constexpr Timestamp no_time = Timestamp::min();

std::string key_of(const StreamName& stream) {
    return std::string(stream.category).append(1, '\0').append(stream.id);
}

std::shared_ptr<const EncodedEvents> without_first(const EncodedEvents& events, std::size_t count) {
    auto rest = std::make_shared<EncodedEvents>();
    rest->reserve(events.bytes().size());
    EventDecoder decoder(events.bytes());
    EventView view;
    for (std::size_t i = 0; !decoder.at_end(); ++i) {
        view.recorded_at = no_time;
        if (!decoder.decode_next(view)) {
            break;
        }
        if (i >= count) {
            NewEvent event{view.id,       view.id_from_client, view.type,   view.data,
                           view.metadata, view.traceparent,    std::nullopt};
            if (view.recorded_at != no_time) {
                event.recorded_at = view.recorded_at;
            }
            rest->add(event);
        }
    }
    return rest;
}

}  // namespace

Importer::Wave Importer::plan() {
    Wave wave;
    for (std::size_t i = 0; i != batch_.runs().size(); ++i) {
        if (batch_.runs()[i].done) {
            continue;
        }
        const auto planned = batch_.runs()[i].anchor ? plan_anchor(wave, i) : plan_run(wave, i);
        if (planned == Planned::failed && !wave.transactions.empty()) {
            problem_.reset();  // it is found again once what stands before it is done
        }
        if (planned != Planned::yes || wave.full) {
            break;
        }
    }
    return wave;
}

std::optional<Version> Importer::head_of(const Run& run) {
    const auto found = service_.store().head_version(run.stream);
    if (!found) {
        fail(run.lines.front(), problem_of(found.error(), subject_of(run.stream)));
        return std::nullopt;
    }
    return *found;
}

Importer::Planned Importer::plan_anchor(Wave& wave, std::size_t index) {
    auto& run = batch_.runs()[index];
    auto key = key_of(run.stream);
    if (wave.heads.contains(key)) {
        return Planned::later;
    }
    const auto refuse = [&](Problem problem) {
        fail(run.lines.front(), std::move(problem));
        return Planned::failed;
    };
    const auto head = head_of(run);
    if (!head) {
        return Planned::failed;
    }
    const auto& [version, snapshot] = *run.anchor;
    if (*head != no_version && *head < version) {
        return refuse(Problem(Slug::wrong_version,
                              subject_of(run.stream) + " is at version " +
                                  std::to_string(head->value()) +
                                  "; the line stands for all events through version " +
                                  std::to_string(version.value()) +
                                  ", and only a stream that is not there can begin with it.")
                          .with("current_version", head->value()));
    }
    if (*head >= version) {
        const auto kept = service_.store().snapshots().find(run.stream, version);
        if (snapshot && kept && *kept && (*kept)->facts.chain_hash != snapshot->facts.chain_hash) {
            return refuse(Problem(Slug::wrong_version,
                                  subject_of(run.stream) + " has another history up to version " +
                                      std::to_string(version.value()) + " than the line states.")
                              .with("current_version", head->value()));
        }
        ++counts_.skipped;
        finish(run);
        return Planned::yes;
    }
    if (!snapshot) {
        return refuse(bad_member("/data/error", subject_of(run.stream) +
                                                    " cannot begin with this line: its state was "
                                                    "damaged already when it was exported."));
    }
    const auto by = service_.categories()->find_set(run.stream.category);
    if (!by || !by->settings.decider || by->decider_kind() != snapshot->facts.decider_kind) {
        return refuse(Problem(Slug::decider_not_declared,
                              "The line holds a state that a decider of kind " +
                                  snapshot->facts.decider_kind + " folded; the category " +
                                  run.stream.category +
                                  (by && by->settings.decider
                                       ? " has one of kind " + std::string(by->decider_kind())
                                       : std::string(" declares none")) +
                                  ". Declare the same decider first, then send the import again.")
                          .with("category", run.stream.category));
    }
    Transaction transaction;
    transaction.writes.push_back(
        {run.stream, Expected::none(), StreamWrite::Kind::begin_compacted, nullptr, snapshot});
    wave.transactions.push_back(std::move(transaction));
    wave.runs.push_back(index);
    wave.heads[std::move(key)] = version;
    return Planned::yes;
}

Importer::Planned Importer::plan_run(Wave& wave, std::size_t index) {
    auto& run = batch_.runs()[index];
    const auto subject = [&run] { return subject_of(run.stream); };
    auto key = key_of(run.stream);
    const auto planned = wave.heads.find(key);
    const bool in_wave = planned != wave.heads.end();
    auto head = in_wave ? planned->second : no_version;
    if (!in_wave) {
        const auto found = head_of(run);
        if (!found) {
            return Planned::failed;
        }
        head = *found;
    }
    std::size_t there = 0;
    if (run.first_version) {
        const auto first = *run.first_version;
        if (first > head.next()) {
            fail(run.lines.front(),
                 Problem(Slug::wrong_version,
                         subject() + " is at version " + std::to_string(head.value()) +
                             "; the line states version " + std::to_string(first.value()) +
                             ", so events in between are missing.")
                     .with("current_version", head.value()));
            return Planned::failed;
        }
        if (first <= head) {
            if (in_wave) {
                return Planned::later;  // what it repeats is on its way
            }
            const auto count = count_there(run, head);
            if (!count) {
                return Planned::failed;
            }
            there = *count;
        }
    }
    if (!run.first_version && may_be_refused(wave, run)) {
        // Alone, so that nothing behind it is appended if it is.
        if (!wave.transactions.empty()) {
            return Planned::later;
        }
        wave.full = true;
    }
    counts_.skipped += there - run.there;
    run.there = there;
    if (there == run.size()) {
        finish(run);
        return Planned::yes;
    }
    StreamWrite write;
    write.stream = run.stream;
    write.expected = run.first_version ? Expected::exactly(head) : Expected::any();
    write.events = there == 0 ? run.events : without_first(*run.events, there);
    Transaction transaction;
    transaction.writes.push_back(std::move(write));
    wave.transactions.push_back(std::move(transaction));
    wave.runs.push_back(index);
    for (const auto& id : run.ids) {
        if (id != EventId{}) {
            wave.ids.insert(id);
        }
    }
    wave.heads[std::move(key)] = head.plus(run.size() - there);
    return Planned::yes;
}

bool Importer::may_be_refused(const Wave& wave, const Run& run) const {
    std::optional<Version> first;
    for (std::size_t i = 0; i != run.size(); ++i) {
        if (run.ids[i] == EventId{}) {
            if (first) {
                return true;
            }
            continue;
        }
        const auto found = service_.store().find_event(run.stream, run.ids[i]);
        if (wave.ids.contains(run.ids[i]) || !found) {
            return true;
        }
        if (*found && i == 0) {
            first = (*found)->version;
        }
        // All of them in their order, or none.
        if (found->has_value() != first.has_value() ||
            (first && (*found)->version != first->plus(i))) {
            return true;
        }
    }
    return first && !repeats(run, *first);
}

bool Importer::repeats(const Run& run, Version first) const {
    StreamQuery query;
    query.from = first;
    query.limit = static_cast<std::uint32_t>(run.size());
    const auto page = service_.store().read(run.stream, query);
    if (!page || page->events.size() != run.size()) {
        return false;
    }
    EventDecoder decoder(run.events->bytes());
    return std::ranges::all_of(page->events, [&decoder](const EventView& stored) {
        EventView stated;
        return decoder.decode_next(stated) && stored.type == stated.type &&
               stored.data == stated.data && stored.metadata == stated.metadata;
    });
}

std::optional<std::size_t> Importer::count_there(const Run& run, Version head) {
    const auto held = std::min<std::uint64_t>(run.size(), head.next().since(*run.first_version));
    EventDecoder decoder(run.events->bytes());
    EventView stated;
    StreamQuery query;
    query.from = *run.first_version;
    std::optional<StreamPage> page;
    std::size_t at = 0;
    for (std::size_t i = 0; i != held; ++i, ++at) {
        stated.recorded_at = no_time;
        (void)decoder.decode_next(stated);
        const auto version = run.first_version->plus(i);
        if (!page || at == page->events.size()) {
            query.from = version;
            query.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(held - i, 1'000));
            auto read = service_.store().read(run.stream, query);
            if (!read && read.error() == storage_errc::compacted) {
                continue;  // gone here, so there is nothing to compare with
            }
            if (!read || read->events.empty()) {
                fail(run.lines[i],
                     problem_of(read ? error_code{storage_errc::corrupt} : read.error(),
                                subject_of(run.stream)));
                return std::nullopt;
            }
            page = std::move(*read);
            at = 0;
        }
        const auto& stored = page->events[at];
        const bool same_id = run.ids[i] == EventId{} || run.ids[i] == stored.id;
        const bool same_time =
            stated.recorded_at == no_time || stated.recorded_at == stored.recorded_at;
        if (!same_id || !same_time || stored.type != stated.type || stored.data != stated.data ||
            stored.metadata != stated.metadata) {
            fail(run.lines[i],
                 Problem(Slug::wrong_version,
                         subject_of(run.stream) + " holds another event at version " +
                             std::to_string(version.value()) + " than the line states.")
                     .with("current_version", head.value()));
            return std::nullopt;
        }
    }
    return static_cast<std::size_t>(held);
}

}  // namespace firn

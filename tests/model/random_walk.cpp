#include "tests/model/random_walk.hpp"

#include "storage/memory/memory_store.hpp"
#include "tests/model/comparison.hpp"
#include "tests/support/answer.hpp"

#include <utility>

namespace firn::test {

namespace {

// Enough of a page to see in which way it differs.
std::string summary(const result<FeedPage>& page) {
    if (!page) {
        return page.error().message();
    }
    std::string text = "positions";
    for (const auto& entry : page->events) {
        text += ' ' + std::to_string(entry.event.position.value());
    }
    return text + ", next_after " + std::to_string(page->next_after.value()) + ", head " +
           std::to_string(page->head.value());
}

std::string summary(const result<StreamPage>& page) {
    if (!page) {
        return page.error().message();
    }
    std::string text = "versions";
    for (const auto& event : page->events) {
        text += ' ' + std::to_string(event.version.value());
    }
    return text + " of " + std::to_string(page->first_version.value()) + " to " +
           std::to_string(page->version.value());
}

}  // namespace

RandomWalk::RandomWalk(StoreUnderTest& tested, Random random)
    : tested_(tested),
      random_(std::move(random)),
      model_(make_memory_store({.clock = [this] { return stamp_; }})),
      source_(random_, *model_) {}

void RandomWalk::steps(std::uint64_t count) {
    // Rare enough to leave the time to the steps, often enough to find a difference near its
    // cause.
    constexpr std::uint64_t compare_every = 5000;
    for (; count > 0; --count) {
        step();
        if (step_ % compare_every == 0) {
            compare_everything();
        }
    }
    compare_everything();
}

void RandomWalk::step() {
    ++step_;
    operation_ = source_.draw();
    std::visit([this](const auto& operation) { apply(operation); }, operation_);
}

void RandomWalk::require(bool same, const std::string& what) const {
    if (!same) {
        throw Mismatch("FIRN_TEST_SEED=" + std::to_string(random_.seed()) + ", step " +
                       std::to_string(step_) + ", " + describe(operation_) + ": " + what +
                       " differs from the model");
    }
}

void RandomWalk::apply(const Commit& commit) {
    const auto outcomes = store().commit(commit.group);
    stamp_ = stamp_of(outcomes);
    const auto expected = model_->commit(commit.group);
    require(outcomes.size() == expected.size(), "the number of outcomes");
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        require(same(outcomes[i], expected[i]), "the outcome of transaction " + std::to_string(i));
    }
    source_.committed(commit, outcomes);
}

Timestamp RandomWalk::stamp_of(const std::vector<TransactionOutcome>& outcomes) const {
    for (const auto& outcome : outcomes) {
        for (const auto& stream : outcome.streams) {
            if (!stream.replayed && stream.first_version <= stream.version) {
                return stream.recorded_at;
            }
        }
    }
    return stamp_;
}

void RandomWalk::apply(const Read& read) {
    const auto page = store().read(read.stream, read.query);
    const auto expected = model_->read(read.stream, read.query);
    if (!same(page, expected)) {
        require(false, "the page (" + summary(page) + " instead of " + summary(expected) + ")");
    }
}

void RandomWalk::apply(const Feed& feed) {
    const auto page = store().feed(feed.query);
    const auto expected = model_->feed(feed.query);
    if (!same(page, expected)) {
        require(false, "the page (" + summary(page) + " instead of " + summary(expected) + ")");
    }
    check_window(feed.query);
}

// A window ends where its store likes, so it is held against the model's page of that stretch.
void RandomWalk::check_window(FeedQuery query) {
    auto window = store().gather(query, {});
    require(window.has_value(), "the window");
    FeedPage gathered;
    for (auto piece = window->next(3); !piece.empty(); piece = window->next(3)) {
        gathered.events.insert(gathered.events.end(), piece.begin(), piece.end());
    }
    gathered.next_after = window->next_after();
    gathered.head = window->head();
    require(gathered.events.size() <= query.limit, "the window's length");
    const auto stretch = gathered.next_after.since(query.after);
    query.limit = stretch == 0 ? 0 : 1'000'000;
    query.bytes_max = std::uint64_t{1} << 40;
    query.scan_max = static_cast<std::uint32_t>(stretch);
    const auto expected = model_->feed(query);
    require(same(result<FeedPage>(std::move(gathered)), expected), "the window's entries");
}

void RandomWalk::apply(const List& list) {
    require(same(store().list(list.query), model_->list(list.query)), "the list");
}

void RandomWalk::apply(const Facts& facts) {
    require(same(store().facts(facts.stream), model_->facts(facts.stream)), "the facts");
    require(same(store().head_version(facts.stream), model_->head_version(facts.stream)),
            "the head version");
}

void RandomWalk::apply(const FindEvent& find) {
    require(
        same(store().find_event(find.stream, find.id), model_->find_event(find.stream, find.id)),
        "where the event lies");
}

void RandomWalk::apply(const SaveSnapshot& save) {
    const Answer answer;
    const Answer expected;
    store().snapshots().save(save.stream, save.snapshot, save.keep, answer.done());
    model_->snapshots().save(save.stream, save.snapshot, save.keep, expected.done());
    if (save.snapshot.facts.kind == SnapshotKind::automatic && !expected.wait()) {
        settle_saves();
    }
    require(answer.wait() == expected.wait(), "the answer");
    apply(LoadSnapshot{save.stream, Version{UINT64_MAX}, save.snapshot.facts.revision});
}

void RandomWalk::settle_saves() {
    const StreamName pushing{"pushing", "1"};
    apply(Commit{{transaction({appending(pushing, numbered(1))})}});
    const auto head = model_->head_version(pushing)->value();
    apply(SaveSnapshot{pushing, snapshot_of({head, SnapshotKind::client}), 1});
}

void RandomWalk::apply(const LoadSnapshot& load) {
    const auto& snapshots = store().snapshots();
    const auto& expected = model_->snapshots();
    require(same(snapshots.load(load.stream, load.at_most, load.revision),
                 expected.load(load.stream, load.at_most, load.revision)),
            "the snapshot");
    require(same(snapshots.list(load.stream), expected.list(load.stream)), "what is kept");
    require(
        same(snapshots.find(load.stream, load.at_most), expected.find(load.stream, load.at_most)),
        "the snapshot at that version");
}

void RandomWalk::apply(const RemoveSnapshot& remove) {
    const Answer answer;
    const Answer expected;
    store().snapshots().remove(remove.stream, remove.version, answer.done());
    model_->snapshots().remove(remove.stream, remove.version, expected.done());
    require(answer.wait() == expected.wait(), "the answer");
    apply(LoadSnapshot{remove.stream, remove.version, 1});
}

void RandomWalk::apply(const WriteDocument& write) {
    const Answer answer;
    const Answer expected;
    for (const auto& [documents, done] : {std::pair(&store().documents(), answer.done()),
                                          std::pair(&model_->documents(), expected.done())}) {
        if (write.text) {
            documents->put(write.kind, write.key, *write.text, done);
        } else {
            documents->erase(write.kind, write.key, done);
        }
    }
    require(answer.wait() == expected.wait(), "the answer");
}

void RandomWalk::apply(const ReadDocuments& read) {
    const auto& documents = store().documents();
    const auto& expected = model_->documents();
    require(same(documents.get(read.kind, read.key), expected.get(read.kind, read.key)),
            "the document");
    require(same(documents.list(read.kind, read.key, read.limit),
                 expected.list(read.kind, read.key, read.limit)),
            "the documents");
}

void RandomWalk::apply(const Cut& cut) {
    const auto done = store().cut(cut.stream, cut.up_to);
    const auto expected = model_->cut(cut.stream, cut.up_to);
    require(done.has_value() == expected.has_value() && (done || done.error() == expected.error()),
            "the answer");
}

// How much is removed when is a backend's own affair; what can be read afterwards is not.
void RandomWalk::apply(const Reclaim& reclaim) {
    require(store().reclaim(reclaim.events_max).has_value(), "success");
    require(model_->reclaim(reclaim.events_max).has_value(), "success");
}

void RandomWalk::apply(const VacuumStep& step) {
    if (!vacuum_) {
        auto begun = store().begin_vacuum();
        require(begun.has_value(), "success");
        vacuum_ = std::move(*begun);
    }
    const auto progress = vacuum_->step(step.budget);
    require(progress.has_value(), "success");
    if (progress->is_done()) {
        vacuum_.reset();
    }
}

void RandomWalk::apply(const Stats&) {
    const auto stats = store().stats();
    const auto expected = model_->stats();
    require(stats.streams == expected.streams, "the number of streams");
    require(stats.events == expected.events, "the number of events");
    require(stats.head_position == expected.head_position, "the head position");
    require(store().head_position() == expected.head_position, "head_position()");
    require(stats.accepting, "whether the store accepts appends");
}

void RandomWalk::apply(const Reopen&) {
    vacuum_.reset();
    tested_.reopen();
    apply(Stats{});
}

void RandomWalk::apply(const Crash&) {
    vacuum_.reset();
    tested_.crash_and_reopen();
    apply(Stats{});
}

void RandomWalk::compare_everything() {
    apply(Stats{});
    const ListQuery all{.limit = 1'000'000};
    const auto streams = model_->list(all);
    require(same(store().list(all), streams), "the list of all streams");
    for (const auto& facts : streams->streams) {
        StreamQuery whole;
        whole.limit = 1'000'000;
        whole.bytes_max = std::uint64_t{1} << 40;
        require(same(store().read(facts.stream, whole), model_->read(facts.stream, whole)),
                "the whole of " + facts.stream.category + '/' + facts.stream.id);
        apply(LoadSnapshot{facts.stream, facts.version, 1});
    }
    for (const auto kind : document_kinds) {
        apply(ReadDocuments{kind, {}, 1'000'000});
    }
    FeedQuery query;
    query.limit = 10'000;
    query.bytes_max = std::uint64_t{1} << 40;
    while (query.after < model_->head_position()) {
        const auto page = model_->feed(query);
        require(same(store().feed(query), page),
                "the feed after " + std::to_string(query.after.value()));
        query.after = page->next_after;
    }
}

}  // namespace firn::test

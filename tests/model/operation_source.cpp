#include "tests/model/operation_source.hpp"

#include <algorithm>
#include <utility>

namespace firn::test {

namespace {

constexpr std::size_t names_at_once = 40;
// Far less than a stream remembers, so that every repeat drawn must be recognised.
constexpr std::size_t repeatable_max = 200;
const std::vector<std::string> categories{"order", "invoice", "o", "order-x"};
const std::vector<std::string> types{"Opened", "Changed", "Closed", "Rare"};

TestEvent owned(const EventView& view) {
    TestEvent event;
    event.type = view.type;
    event.data = view.data;
    event.metadata = view.metadata;
    event.traceparent = view.traceparent;
    if (view.id_from_client) {
        event.client_id = view.id;
    }
    return event;
}

std::vector<TestEvent> decoded(const EncodedEvents& encoded) {
    std::vector<TestEvent> events;
    EventDecoder decoder(encoded.bytes());
    EventView view;
    while (!decoder.at_end() && decoder.decode_next(view)) {
        events.push_back(owned(view));
    }
    return events;
}

}  // namespace

OperationSource::OperationSource(Random& random, const EventStore& model)
    : random_(random), model_(model) {
    for (std::size_t i = 0; i < names_at_once; ++i) {
        names_.push_back(new_name());
    }
}

Operation OperationSource::draw() {
    const auto dice = random_.below(1000);
    if (dice < 380) {
        return commit();
    }
    if (dice < 450) {
        return beside_the_events();
    }
    if (dice < 650) {
        return read();
    }
    if (dice < 800) {
        return feed();
    }
    if (dice < 850) {
        return list();
    }
    if (dice < 920) {
        return Facts{name()};
    }
    if (dice < 970) {
        const auto& stream = name();
        return Cut{stream, Version{near(head_of(stream).value())}};
    }
    if (dice < 981) {
        return VacuumStep{std::chrono::milliseconds{random_.below(4)}};
    }
    if (dice < 993) {
        return Reclaim{static_cast<std::uint32_t>(random_.between(1, 300))};
    }
    if (dice < 996) {
        return Stats{};
    }
    return dice < 998 ? Operation{Reopen{}} : Operation{Crash{}};
}

Operation OperationSource::beside_the_events() {
    const auto dice = random_.below(100);
    if (dice < 30) {
        return save_snapshot();
    }
    if (dice < 60) {
        return load_snapshot();
    }
    if (dice < 70) {
        const auto& stream = name();
        return RemoveSnapshot{stream, snapshot_version(stream)};
    }
    return dice < 80 ? Operation{find_event()} : document();
}

Commit OperationSource::commit() {
    Commit commit;
    for (auto left = random_.percent(80) ? 1 : random_.between(2, 6); left > 0; --left) {
        commit.group.push_back(draw_transaction());
    }
    return commit;
}

Transaction OperationSource::draw_transaction() {
    Transaction transaction;
    if (random_.percent(2)) {
        transaction.writes.push_back(start(name()));
        return transaction;
    }
    for (auto left = random_.percent(75) ? 1 : random_.between(2, 5); left > 0; --left) {
        auto drawn = !repeatable_.empty() && random_.percent(15) ? repeat(random_.pick(repeatable_))
                                                                 : write(name());
        const bool already =
            std::any_of(transaction.writes.begin(), transaction.writes.end(),
                        [&](const StreamWrite& other) { return other.stream == drawn.stream; });
        if (!already) {
            transaction.writes.push_back(std::move(drawn));
        }
    }
    return transaction;
}

StreamWrite OperationSource::write(const StreamName& stream) {
    const auto expected = expectation(head_of(stream));
    if (random_.percent(1) && random_.percent(50)) {
        return deleting(stream, expected);
    }
    if (random_.percent(10)) {
        return checking(stream, expected);
    }
    if (random_.below(1000) < 3) {
        return appending(stream, events(random_.between(100, 2000), false), expected);
    }
    return appending(stream, events(random_.between(1, 5), random_.percent(50)), expected);
}

// Of a stream that is there, too: then it refuses.
StreamWrite OperationSource::start(const StreamName& stream) {
    TestSnapshot anchor{random_.between(1, 2000), SnapshotKind::anchor, 1};
    anchor.state = '"' + std::string(random_.below(3000), 'a') + '"';
    return beginning(stream, anchor, random_.percent(80) ? Expected::none() : Expected::any());
}

// The same append again, or something that resembles it too much.
StreamWrite OperationSource::repeat(const StreamWrite& earlier) {
    auto events = decoded(*earlier.events);
    switch (random_.below(10)) {
        case 0: events.push_back(event(true)); break;
        case 1: events.insert(events.begin(), event(random_.percent(50))); break;
        case 2: std::reverse(events.begin(), events.end()); break;
        case 3: events[random_.below(events.size())].data += ' '; break;
        case 4:
            events.erase(events.begin() +
                         static_cast<std::ptrdiff_t>(random_.below(events.size())));
            break;
        default: break;
    }
    return appending(earlier.stream, events, expectation(head_of(earlier.stream)));
}

Expected OperationSource::expectation(Version head) {
    switch (random_.below(10)) {
        case 0: return Expected::none();
        case 1: return Expected::exists();
        case 2: return Expected::exactly(Version{near(head.value())});
        case 3:
        case 4:
        case 5: return Expected::exactly(head);
        default: return Expected::any();
    }
}

std::vector<TestEvent> OperationSource::events(std::size_t count, bool from_client) {
    std::vector<TestEvent> drawn;
    for (std::size_t i = 0; i < count; ++i) {
        // An append may mix both kinds of ids; then it can never be a replay.
        drawn.push_back(event(from_client && !random_.percent(2)));
        // Never the last one: from its time the walk learns what the store stamped.
        if (i + 1 < count && random_.percent(4)) {
            drawn.back().recorded_at = Timestamp{std::chrono::microseconds{
                static_cast<std::int64_t>(random_.below(4'000'000'000'000'000))}};
        }
    }
    return drawn;
}

TestEvent OperationSource::event(bool from_client) {
    TestEvent event;
    event.type = random_.percent(1) ? types.back() : types[random_.below(types.size() - 1)];
    const auto dice = random_.below(1000);
    const std::size_t size = dice < 2    ? random_.between(10'000, 70'000)
                             : dice < 50 ? random_.between(500, 5000)
                                         : random_.between(0, 60);
    event.data = '"' + std::string(size, static_cast<char>('a' + random_.below(26))) + '"';
    if (random_.percent(20)) {
        event.metadata = R"({"user":)" + std::to_string(random_.below(10)) + '}';
    }
    if (random_.percent(5)) {
        event.traceparent = "00-" + std::to_string(random_.next());
    }
    if (from_client) {
        event.client_id = id_number(++ids_made_);
    }
    return event;
}

Read OperationSource::read() {
    Read read{name(), {}};
    const auto facts = model_.facts(read.stream);
    if (facts && random_.percent(70)) {
        read.query.from = Version{random_.percent(50) ? near(facts->version.value())
                                                      : near(facts->first_version.value())};
    }
    read.query.direction = random_.percent(60) ? Direction::forward : Direction::backward;
    read.query.limit = static_cast<std::uint32_t>(random_.percent(80) ? random_.between(0, 20)
                                                                      : random_.between(100, 3000));
    if (random_.percent(20)) {
        read.query.bytes_max = random_.below(10'000);
    }
    return read;
}

Feed OperationSource::feed() {
    Feed feed;
    auto& query = feed.query;
    const auto head = model_.head_position().value();
    query.after = Position{random_.percent(30) ? near(head) : random_.below(head + 1)};
    query.limit = static_cast<std::uint32_t>(random_.percent(80) ? random_.between(0, 20)
                                                                 : random_.between(100, 1000));
    query.scan_max = static_cast<std::uint32_t>(random_.percent(30) ? random_.between(0, 50)
                                                                    : random_.between(100, 2000));
    if (random_.percent(20)) {
        query.bytes_max = random_.below(10'000);
    }
    for (auto left = random_.percent(50) ? 0 : random_.between(1, 2); left > 0; --left) {
        query.categories.push_back(random_.pick(categories));
    }
    for (auto left = random_.percent(50) ? 0 : random_.between(1, 2); left > 0; --left) {
        query.types.push_back(random_.pick(types));
    }
    if (random_.percent(20)) {
        query.id_prefix = name().id.substr(0, random_.between(1, 2));
    }
    return feed;
}

List OperationSource::list() {
    List list;
    if (random_.percent(50)) {
        list.query.category = random_.pick(categories);
    }
    if (random_.percent(30)) {
        list.query.prefix = name().id.substr(0, random_.between(1, 2));
    }
    if (random_.percent(50)) {
        list.query.after = name();
    }
    list.query.limit = static_cast<std::uint32_t>(random_.between(0, 10));
    return list;
}

// One that a store must remember, or one that it never saw.
FindEvent OperationSource::find_event() {
    if (repeatable_.empty() || random_.percent(20)) {
        return {name(), id_number(random_.percent(50) ? 0 : ids_made_ + random_.between(1, 9))};
    }
    const auto& write = random_.pick(repeatable_);
    const auto events = decoded(*write.events);
    const auto id = events[random_.below(events.size())].client_id.value_or(EventId{});
    return {random_.percent(90) ? write.stream : name(), id};
}

SaveSnapshot OperationSource::save_snapshot() {
    static const std::vector<SnapshotKind> kinds{SnapshotKind::automatic, SnapshotKind::automatic,
                                                 SnapshotKind::automatic, SnapshotKind::manual,
                                                 SnapshotKind::client,    SnapshotKind::client,
                                                 SnapshotKind::anchor};
    const auto& stream = name();
    TestSnapshot wanted{near(head_of(stream).value()), random_.pick(kinds),
                        random_.percent(80) ? 1u : 2u};
    wanted.state = '"' +
                   std::string(random_.percent(10) ? random_.below(20'000) : random_.below(300),
                               static_cast<char>('a' + random_.below(26))) +
                   '"';
    return {stream, snapshot_of(wanted), static_cast<std::uint32_t>(random_.below(4))};
}

LoadSnapshot OperationSource::load_snapshot() {
    const auto& stream = name();
    const auto at_most = random_.percent(30) ? Version{UINT64_MAX} : snapshot_version(stream);
    return {stream, at_most, random_.percent(80) ? 1u : 2u};
}

// Of one that is there, mostly.
Version OperationSource::snapshot_version(const StreamName& stream) {
    const auto kept = model_.snapshots().list(stream);
    return kept && !kept->empty() && random_.percent(70) ? random_.pick(*kept).version
                                                         : Version{near(head_of(stream).value())};
}

Operation OperationSource::document() {
    const auto kind = document_kinds.at(random_.below(document_kinds.size()));
    if (random_.percent(50)) {
        return ReadDocuments{kind, document_key(), static_cast<std::uint32_t>(random_.below(20))};
    }
    if (random_.percent(20)) {
        return WriteDocument{kind, document_key(), std::nullopt};
    }
    const auto size = random_.percent(10) ? random_.below(20'000) : random_.below(100);
    return WriteDocument{kind, document_key(),
                         std::string(size, static_cast<char>('a' + random_.below(26)))};
}

std::string OperationSource::document_key() {
    return random_.percent(10) ? std::string() : "k" + std::to_string(random_.below(30));
}

const StreamName& OperationSource::name() {
    return !deleted_.empty() && random_.percent(3) ? random_.pick(deleted_) : random_.pick(names_);
}

Version OperationSource::head_of(const StreamName& stream) const {
    const auto version = model_.head_version(stream);
    return version ? *version : no_version;
}

std::uint64_t OperationSource::near(std::uint64_t around) {
    switch (random_.below(10)) {
        case 0: return 0;
        case 1: return around + random_.between(1, 1000);
        case 2: return random_.below(around + 1);
        default: break;
    }
    const auto low = around < 10 ? 0 : around - 10;
    return random_.between(low, around + 2);
}

StreamName OperationSource::new_name() {
    auto id = std::to_string(++names_made_);
    switch (random_.below(6)) {
        case 0: id += std::string(random_.below(200), 'x'); break;
        case 1: id += "/" + std::to_string(random_.below(10)); break;
        case 2: id += "\u00e9"; break;
        default: break;
    }
    return {random_.pick(categories), id};
}

void OperationSource::committed(const Commit& commit,
                                const std::vector<TransactionOutcome>& outcomes) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i].error) {
            continue;
        }
        for (const auto& write : commit.group[i].writes) {
            if (write.kind == StreamWrite::Kind::delete_stream) {
                std::erase(names_, write.stream);
                names_.push_back(new_name());
                deleted_.push_back(write.stream);
            } else if (write.events && write.events->has_client_ids()) {
                if (repeatable_.size() < repeatable_max) {
                    repeatable_.push_back(write);
                } else {
                    repeatable_[repeatable_next_++ % repeatable_max] = write;
                }
            }
        }
    }
}

}  // namespace firn::test

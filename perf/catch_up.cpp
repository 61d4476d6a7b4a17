// How fast does a new subscriber catch up with everything there is, in the global order?
//
// Unit: events/s of EventStore::feed, page after page, and its share of the same encoded events
// read from LMDB, one record an event, by a cursor in the order of streams and versions, in the
// same run. 200-byte events of 10,000 streams at random, settled; both are in the page cache.
// It checks that each side saw every event's bytes once: their hashes, summed up.

#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"
#include "storage/checksum.hpp"
#include "storage/journaled/journaled_store.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/keys.hpp"

#include <fmt/format.h>

#include <thread>

namespace firn::perf {

namespace {

constexpr std::size_t rounds = 5;

struct Seen {
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    std::uint64_t sum = 0;  // of data's checksums, whatever the order

    void add(std::string_view data) {
        ++events;
        bytes += data.size();
        sum += checksum(data);
    }
    bool operator==(const Seen&) const = default;
};

Seen by_feed(const EventStore& store, std::uint32_t limit) {
    Seen seen;
    FeedQuery query;
    query.limit = limit;
    query.bytes_max = 64u << 20;
    query.scan_max = limit;
    Position last;
    for (;;) {
        const auto page = store.feed(query);
        check(page.has_value(), "the feed cannot be read");
        if (page->events.empty()) {
            return seen;
        }
        for (const auto& event : page->events) {
            check(event.event.position == last.next(), "the feed leaves something out");
            last = event.event.position;
            seen.add(event.event.data);
        }
        query.after = page->next_after;
    }
}

Seen by_cursor(const lmdb::Environment& environment) {
    Seen seen;
    const lmdb::ReadTransaction transaction(environment);
    lmdb::Cursor cursor(transaction, lmdb::Table::chunks);
    for (bool found = cursor.seek(lmdb::chunk_key(StreamNumber{0}, no_version)); found;
         found = cursor.next()) {
        EventDecoder decoder(cursor.value());
        EventView event;
        check(decoder.decode_next(event), "a record is not an event");
        seen.add(event.data);
    }
    return seen;
}

// The same events, one record each, in the order in which a cursor meets them.
void copy_to(lmdb::Environment& environment, const EventStore& store, std::size_t streams) {
    for (std::size_t i = 0; i < streams;) {
        auto transaction = environment.write();
        for (const auto stop = std::min(i + 500, streams); i < stop; ++i) {
            StreamQuery query;
            query.limit = 10'000;
            const auto page = store.read({"perf", std::to_string(i)}, query);
            if (!page) {
                continue;  // chance left it out
            }
            for (const auto& event : page->events) {
                EncodedEvents encoded;
                encoded.add({.id = event.id, .type = event.type, .data = event.data});
                transaction.append(lmdb::Table::chunks,
                                   lmdb::chunk_key(StreamNumber{i + 1}, event.version),
                                   encoded.bytes());
            }
        }
        transaction.commit();
    }
}

int run(const Options& options) {
    const std::size_t streams = options.smoke ? 100 : 10'000;
    const std::size_t events = options.smoke ? 5'000 : 1'000'000;
    const WorkDirectory work(options, "catch_up");
    fmt::print("# catching up with {} events of 200 bytes, {} streams\n# {}\n", events, streams,
               machine(work.path()));
    JournaledConfig config;
    config.directory = work.path() / "store";
    auto store = open_journaled_store(config);
    Load load(streams);
    for (std::size_t done = 0; done < events; done += 1000) {
        for (const auto& outcome : store->commit(load.group(1000))) {
            check(!outcome.error, "an append was refused");
        }
    }
    // Closing settles everything.
    store.reset();
    store = open_journaled_store(config);
    lmdb::Environment environment(work.path() / "plain.mdb", std::size_t{16} << 30);
    copy_to(environment, *store, streams);

    fmt::print("{:>12} {:>14} {:>14} {:>7}\n", "page limit", "LMDB ev/s", "feed ev/s", "share");
    const auto all = by_cursor(environment);
    check(all.events == events, "the copy leaves something out");
    for (const std::uint32_t limit : {1'000u, 10'000u, 100'000u}) {
        std::vector<double> raws;
        std::vector<double> owns;
        std::vector<double> shares;
        for (std::size_t round = 0; round < rounds; ++round) {
            const auto rate = [&](const std::function<Seen()>& reading) {
                Seen seen;
                const auto spent = seconds([&] { seen = reading(); });
                check(seen == all, "something was read that was not written");
                return static_cast<double>(events) / spent;
            };
            raws.push_back(rate([&] { return by_cursor(environment); }));
            owns.push_back(rate([&] { return by_feed(*store, limit); }));
            shares.push_back(owns.back() / raws.back());
        }
        fmt::print("{:>12} {:>14.0f} {:>14.0f} {:>7.2f}\n", limit, median(raws), median(owns),
                   median(shares));
    }
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}

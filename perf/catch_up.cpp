// How fast does a new subscriber catch up with everything there is, in the global order?
//
// Unit: events/s, and their share of the same encoded events read from LMDB, one record an event,
// by a cursor in the order of streams and versions, in the same run. Three ways: pages of
// EventStore::feed; CatchUp as who embeds the store uses it, which gathers large windows, first on
// the reader's thread alone, then one window ahead on a second thread.
// 200-byte events of 10,000 streams at random, settled; both are in the page cache.
// It checks that each side saw every event's bytes once: their hashes, summed up.

#include "actors/catch_up.hpp"
#include "perf/support/load.hpp"
#include "perf/support/measure.hpp"
#include "storage/checksum.hpp"
#include "storage/journaled/journaled_store.hpp"
#include "storage/lmdb/environment.hpp"
#include "storage/lmdb/keys.hpp"

#include <fmt/format.h>
#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <memory>
#include <vector>

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

Seen by_catch_up(const EventStore& store, const boost::asio::any_io_executor& executor) {
    Seen seen;
    CatchUp reader(executor, store, {}, std::make_shared<CatchUpBudget>(1));
    Position last;
    while (!reader.is_at_head() || last == no_position) {
        const auto entries = reader.next(256);
        check(entries.has_value(), "the feed cannot be read");
        for (const auto& entry : *entries) {
            check(entry.event.position == last.next(), "the feed leaves something out");
            last = entry.event.position;
            seen.add(entry.event.data);
        }
    }
    return seen;
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

    const auto all = by_cursor(environment);
    check(all.events == events, "the copy leaves something out");
    boost::asio::thread_pool second(1);
    struct Way {
        const char* name;
        std::function<Seen()> read;
        std::vector<double> rates;
        std::vector<double> shares;
    };
    Way ways[] = {
        {"pages of 1,000", [&] { return by_feed(*store, 1'000); }, {}, {}},
        {"pages of 100,000", [&] { return by_feed(*store, 100'000); }, {}, {}},
        {"CatchUp, alone", [&] { return by_catch_up(*store, {}); }, {}, {}},
        {"CatchUp, ahead", [&] { return by_catch_up(*store, second.get_executor()); }, {}, {}},
    };
    const auto rate = [&](const std::function<Seen()>& read) {
        Seen seen;
        const auto spent = seconds([&] { seen = read(); });
        check(seen == all, "something was read that was not written");
        return static_cast<double>(events) / spent;
    };
    std::vector<double> raws;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (auto& way : ways) {
            raws.push_back(rate([&] { return by_cursor(environment); }));
            way.rates.push_back(rate(way.read));
            way.shares.push_back(way.rates.back() / raws.back());
        }
    }
    fmt::print("{:>18} {:>14} {:>14} {:>7}\n", "", "LMDB ev/s", "feed ev/s", "share");
    for (const auto& way : ways) {
        fmt::print("{:>18} {:>14.0f} {:>14.0f} {:>7.2f}\n", way.name, median(raws),
                   median(way.rates), median(way.shares));
    }
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}

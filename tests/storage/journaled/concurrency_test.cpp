// One committing thread and readers on other threads, while rounds settle beneath them: nobody
// ever sees a gap, an event twice, or an order that goes back.
#include "tests/storage/journaled/given_a_journaled_store.hpp"
#include "tests/support/random.hpp"

#include <atomic>
#include <cstdlib>
#include <functional>
#include <future>

using namespace firn;
using namespace firn::test;

namespace {

constexpr std::size_t stream_count = 40;

StreamName stream_number(std::uint64_t number) {
    return {number % 2 == 0 ? "even" : "odd", std::to_string(number)};
}

struct GivenABusyStore : GivenADirectory {
    GivenABusyStore() {
        // Many small rounds.
        config.pending_bytes_max = 32u << 10;
        config.segment_bytes = 128u << 10;
        config.heads_max = 10;
        config.settle_after = std::chrono::milliseconds{2};
        config.reclaim_in_background = true;
        open();
    }

    using Look = std::function<void(Random&)>;

    // Runs readers of every kind until `work` has ended.
    template <class Work>
    void beside_readers(const Work& work) {
        beside(
            {[&](Random& random) {
                 read_a_stream(stream_number(random.below(stream_count)), random);
             },
             [&](Random&) { follow_the_feed(); }, [&](Random& random) { ask_for_facts(random); }},
            work);
    }
    template <class Work>
    void beside(const std::vector<Look>& looks, const Work& work) {
        std::atomic<bool> done{false};
        std::vector<std::thread> readers;
        for (const auto& look : looks) {
            readers.emplace_back([&] { until(done, look); });
        }
        work();
        done = true;
        for (auto& reader : readers) {
            reader.join();
        }
        BOOST_TEST(failures.load() == 0u);
        BOOST_TEST(pages.load() > 0u);
    }

    // Boost.Test's checks are for its own thread.
    void require(bool holds) {
        if (!holds) {
            ++failures;
        }
    }

    void until(const std::atomic<bool>& done, const Look& look) {
        Random random(seed);
        while (!done) {
            look(random);
            ++pages;
        }
    }

    void read_a_stream(const StreamName& name, Random& random) {
        const bool forward = random.percent(50);
        const auto at_least = known_head(name);
        const auto page = store().read(
            name, {.direction = forward ? Direction::forward : Direction::backward, .limit = 5000});
        if (!page) {
            require(page.error() == storage_errc::stream_deleted ||
                    (at_least == no_version && page.error() == storage_errc::stream_not_found));
            return;
        }
        require(page->version >= at_least);
        require(page->events.size() == page->version.next().since(page->first_version));
        auto version = forward ? page->first_version : page->version;
        for (const auto& event : page->events) {
            require(event.version == version);
            require(event.data == "{\"v\":" + std::to_string(version.value()) + "}");
            version = Version{forward ? version.value() + 1 : version.value() - 1};
        }
    }

    Version known_head(const StreamName& name) {
        const auto head = store().head_version(name);
        return head ? *head : no_version;
    }

    // Without cuts and deletions every position is there.
    void follow_the_feed() {
        auto after = no_position;
        for (;;) {
            const auto page = store().feed({.after = after, .limit = 700});
            require(page.has_value());
            if (!page || (page->events.empty() && page->next_after == after)) {
                return;
            }
            auto position = after;
            for (const auto& entry : page->events) {
                require(entry.event.position > position);
                require(may_have_gaps || entry.event.position == position.next());
                position = entry.event.position;
            }
            require(page->next_after >= position);
            require(page->next_after <= page->head);
            after = page->next_after;
        }
    }

    void ask_for_facts(Random& random) {
        const auto name = stream_number(random.below(stream_count));
        if (const auto facts = store().facts(name); facts && !facts->deleted) {
            require(facts->events == facts->version.next().since(facts->first_version));
            require(facts->version <= known_head(name) || may_have_gaps);
        }
        const auto list = store().list({.category = "odd", .limit = 1000});
        require(list.has_value());
        for (std::size_t i = 1; list && i < list->streams.size(); ++i) {
            require(list->streams[i - 1].stream < list->streams[i].stream);
        }
        (void)store().stats();
    }

    // Groups of random appends; each event says its version.
    void append_at_random(Random& random, std::vector<std::uint64_t>& versions, int groups) {
        for (int g = 0; g < groups; ++g) {
            std::vector<Transaction> group(random.between(1, 8));
            for (auto& one : group) {
                const auto number = random.below(stream_count);
                if (versions[number] == UINT64_MAX) {
                    continue;
                }
                std::vector<TestEvent> events(random.between(1, 4));
                for (auto& event : events) {
                    event.data = "{\"v\":" + std::to_string(++versions[number]) + "}";
                }
                one = transaction({appending(stream_number(number), events)});
            }
            for (const auto& outcome : store().commit(group)) {
                BOOST_TEST_REQUIRE(!outcome.error, outcome.error.message());
            }
        }
    }

    const std::uint64_t seed = Random::announced("concurrency").seed();
    std::atomic<std::uint64_t> failures{0};
    std::atomic<std::uint64_t> pages{0};
    std::atomic<bool> may_have_gaps{false};
};

int group_count() {
    const char* stated = std::getenv("FIRN_CONCURRENT_GROUPS");
    return stated ? std::atoi(stated) : 4000;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_readers_on_other_threads, GivenABusyStore)

BOOST_AUTO_TEST_CASE(when_appends_settle_beneath_them_then_they_never_see_a_gap) {
    std::vector<std::uint64_t> versions(stream_count);
    Random random(seed + 1);
    beside_readers([&] { append_at_random(random, versions, group_count()); });
    check_consistency();
    for (std::size_t i = 0; i < stream_count; ++i) {
        BOOST_TEST(store().head_version(stream_number(i)).value() == Version{versions[i]});
    }
    reopen();
    check_consistency();
}

BOOST_AUTO_TEST_CASE(when_prefixes_are_cut_and_streams_deleted_then_pages_stay_whole) {
    may_have_gaps = true;
    std::vector<std::uint64_t> versions(stream_count);
    Random random(seed + 2);
    beside_readers([&] {
        for (int i = 0; i < group_count() / 30; ++i) {
            append_at_random(random, versions, 20);
            const auto number = random.below(stream_count);
            if (versions[number] == 0 || versions[number] == UINT64_MAX) {
                continue;
            }
            if (random.percent(15)) {
                delete_stream(stream_number(number));
                versions[number] = UINT64_MAX;
            } else {
                cut(stream_number(number), Version{random.between(1, versions[number])});
            }
        }
    });
    check_consistency();
    reopen();
    check_consistency();
}

// More readers than processors, so that the system often stops one of them between two steps.
BOOST_AUTO_TEST_CASE(when_one_stream_is_cut_again_and_again_then_its_pages_stay_whole) {
    const auto name = stream_number(0);
    const std::vector<Look> many(12, [&](Random& random) { read_a_stream(name, random); });
    std::vector<std::uint64_t> versions(1);
    beside(many, [&] {
        for (int i = 0; i != group_count() / 10; ++i) {
            std::vector<TestEvent> events(10);
            for (auto& event : events) {
                event.data = "{\"v\":" + std::to_string(++versions[0]) + "}";
            }
            append(name, events);
            cut(name, Version{versions[0] - 2});
        }
    });
    check_consistency();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_stream_that_is_being_cut, GivenAJournaledStore)

BOOST_AUTO_TEST_CASE(when_it_is_deleted_meanwhile_then_its_events_are_counted_off_once) {
    append(order, numbered(10));
    append(other, numbered(3));
    std::future<TransactionOutcome> deletion;
    std::promise<result<CutFacts>> cut;
    CutTerms terms;
    terms.decide = [&](const CutFacts&) -> result<std::vector<DocumentText>> {
        if (deletion.valid()) {
            return std::vector<DocumentText>{};
        }
        deletion = std::async(std::launch::async, [&] {
            const Transaction one[] = {transaction({deleting(order)})};
            return store().commit(one).front();
        });
        // Visible by then, unless it waits for the end of the cut.
        deletion.wait_for(std::chrono::milliseconds{200});
        return std::vector<DocumentText>{};
    };
    store().begin_cut(order, Version{6}, terms,
                      [&](result<CutFacts> facts) { cut.set_value(facts); });
    const auto facts = cut.get_future().get();
    BOOST_TEST_REQUIRE(facts.has_value());
    BOOST_TEST(facts->events == 6u);
    BOOST_TEST(!deletion.get().error);
    BOOST_TEST(store().stats().events == 3u);
    check_consistency();
}

BOOST_AUTO_TEST_SUITE_END()

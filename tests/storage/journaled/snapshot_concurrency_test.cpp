// Saves, loads and documents on several threads, while events are appended, settle, are cut and
// reclaimed beneath them: no append fails, every save is answered, and what is loaded is sound.
#include "storage/journaled/verify.hpp"
#include "tests/storage/journaled/given_a_journaled_store.hpp"
#include "tests/support/answer.hpp"
#include "tests/support/random.hpp"
#include "tests/support/snapshot_builder.hpp"

#include <atomic>
#include <cstdlib>

using namespace firn;
using namespace firn::test;

namespace {

constexpr std::uint64_t stream_count = 30;

StreamName stream_number(std::uint64_t number) {
    return {"busy", std::to_string(number)};
}

int group_count() {
    const char* stated = std::getenv("FIRN_CONCURRENT_GROUPS");
    return stated ? std::atoi(stated) : 4000;
}

struct GivenSavers : GivenADirectory {
    GivenSavers() {
        config.pending_bytes_max = 32u << 10;
        config.segment_bytes = 128u << 10;
        config.heads_max = 10;
        config.settle_after = std::chrono::milliseconds{2};
        config.reclaim_in_background = true;
        config.waiting_writes_max = 200;
        open();
    }

    // Boost.Test's checks are for its own thread.
    void require(bool holds) { failures += holds ? 0 : 1; }

    SnapshotStore::Done counted() {
        ++asked;
        return [this](error_code error) {
            ++answered;
            (error ? refused : done) += 1;
            const bool fair =
                !error || error == storage_errc::overloaded || error == storage_errc::closed ||
                error == storage_errc::stream_not_found || error == storage_errc::stream_deleted ||
                error == storage_errc::compacted || error == storage_errc::version_not_found;
            require(fair);
        };
    }

    void save(Random& random) {
        const auto name = stream_number(random.below(stream_count));
        const auto head = store().head_version(name);
        if (!head || *head == no_version) {
            return;
        }
        auto kind = SnapshotKind::automatic;
        auto version = head->value();
        if (random.percent(10)) {
            kind = random.percent(50) ? SnapshotKind::manual : SnapshotKind::client;
            version = random.between(1, version);
        }
        std::string state = "{\"v\":" + std::to_string(version) + "}";
        if (random.percent(5)) {
            state += std::string(random.below(20'000), ' ');
        }
        store().snapshots().save(name, snapshot_of({version, kind, 1, std::move(state)}), 2,
                                 counted());
        if (random.percent(5)) {
            store().snapshots().remove(name, Version{version}, counted());
        }
    }
    void load(Random& random) {
        const auto name = stream_number(random.below(stream_count));
        const auto loaded = store().snapshots().load(name, Version{UINT64_MAX}, 1);
        require(loaded.has_value() && loaded->corrupt == 0);
        if (loaded && loaded->snapshot) {
            const auto& [facts, state] = *loaded->snapshot;
            require(state.starts_with("{\"v\":" + std::to_string(facts.version.value()) + "}"));
            require(state.size() == facts.bytes);
            const auto head = store().head_version(name);
            require(!head || facts.version <= *head);
        }
        const auto list = store().snapshots().list(name);
        require(list.has_value());
        for (std::size_t i = 1; list && i < list->size(); ++i) {
            require((*list)[i - 1].version < (*list)[i].version);
        }
        (void)store().snapshots().snapshot_stats();
    }
    // This thread alone writes these keys, so it knows what they hold.
    void write_documents(const std::string& key, std::uint64_t number) {
        const Answer answer;
        const auto count = counted();
        store().documents().put(DocumentKind::category, key, std::to_string(number),
                                [count, answered_too = answer.done()](error_code error) {
                                    count(error);
                                    answered_too(error);
                                });
        require(!answer.wait());
        const auto text = store().documents().get(DocumentKind::category, key);
        require(text && *text && **text == std::to_string(number));
        require(store().documents().list(DocumentKind::category, "", 100).has_value());
    }
    void look_for_events(Random& random) {
        const auto id = random.below(last_id) + 1;
        const auto name = stream_number(id % stream_count);
        const auto found = store().find_event(name, id_number(id));
        require(found ? found->has_value() : found.error() == storage_errc::stream_deleted);
    }

    // Runs the others until `work` has ended.
    template <class Work>
    void beside_others(const Work& work) {
        std::atomic<bool> over{false};
        std::vector<std::thread> threads;
        const auto until_over = [&](auto step) {
            threads.emplace_back([&over, step, random = Random(seed + threads.size())]() mutable {
                while (!over) {
                    step(random);
                }
            });
        };
        until_over([this](Random& random) { save(random); });
        until_over([this](Random& random) { save(random); });
        until_over([this](Random& random) { load(random); });
        until_over([this](Random& random) { look_for_events(random); });
        until_over([this, n = std::uint64_t{0}](Random&) mutable { write_documents("x", ++n); });
        work();
        over = true;
        for (auto& thread : threads) {
            thread.join();
        }
    }

    // Groups of appends; each event has the client id that says its stream.
    void append_at_random(Random& random, int groups) {
        for (int g = 0; g < groups; ++g) {
            std::vector<Transaction> group(random.between(1, 8));
            std::uint64_t last = last_id;
            for (auto& one : group) {
                const auto id = ++last;
                one = transaction({appending(stream_number(id % stream_count),
                                             {client_event(id), {.data = "{\"more\":1}"}})});
            }
            for (const auto& outcome : store().commit(group)) {
                BOOST_TEST_REQUIRE(
                    (!outcome.error || outcome.error == storage_errc::stream_deleted));
            }
            last_id = last;
        }
    }

    void check() {
        BOOST_TEST(failures.load() == 0u);
        BOOST_TEST(done.load() > 0u);
        check_consistency();
        close();
        BOOST_TEST(answered.load() == asked.load());
        BOOST_TEST_MESSAGE(done.load() << " written, " << refused.load() << " refused");
        const auto report = verify_store(path());
        BOOST_TEST_MESSAGE(report.snapshots << " snapshots");
        for (const auto& problem : report.problems) {
            BOOST_ERROR(problem);
        }
        BOOST_TEST(report.snapshots > 0u);
        BOOST_TEST(report.documents == 1u);
    }

    const std::uint64_t seed = Random::announced("saving concurrently").seed();
    std::atomic<std::uint64_t> last_id{0};  // the last one given
    std::atomic<std::uint64_t> failures{0};
    std::atomic<std::uint64_t> asked{0};
    std::atomic<std::uint64_t> answered{0};
    std::atomic<std::uint64_t> done{0};
    std::atomic<std::uint64_t> refused{0};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_savers_on_other_threads, GivenSavers)

BOOST_AUTO_TEST_CASE(when_many_events_are_appended_then_no_save_fails_an_append) {
    Random random(seed + 100);
    append_at_random(random, 20);
    beside_others([&] { append_at_random(random, group_count() / 2); });
    check();
}

BOOST_AUTO_TEST_CASE(when_prefixes_are_cut_and_streams_deleted_then_snapshots_go_with_them) {
    Random random(seed + 200);
    append_at_random(random, 50);
    beside_others([&] {
        for (int i = 0; i < group_count() / 40; ++i) {
            append_at_random(random, 10);
            const auto name = stream_number(random.below(stream_count));
            const auto head = store().head_version(name);
            if (!head || *head == no_version) {
                continue;
            }
            if (random.percent(10)) {
                delete_stream(name);
            } else {
                cut(name, Version{random.between(1, head->value())});
            }
        }
    });
    check();
}

BOOST_AUTO_TEST_SUITE_END()

// Compactions of a store on disk while the disk goes wrong under them: a bit of a chunk or of the
// journal flips, or there is no room, at each step. Whatever happens, nothing goes that was not
// proved, the states of what is left are the same, and a person is told.
#include "actors/compaction/compactions.hpp"
#include "storage/journaled/journaled_store.hpp"
#include "storage/journaled/verify.hpp"
#include "tests/actors/service_fixture.hpp"
#include "tests/support/fault_injection.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/whole_file.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace fs = std::filesystem;

namespace firn::test {

namespace {

constexpr int events = 200;
constexpr std::uint64_t kept = 20;
// In the order in which a compaction reaches them.
constexpr const char* steps_to_the_cut[] = {"planned",          "replayed", "before the anchor",
                                            "after the anchor", "verified", "before the cut"};

const FaultPlan no_room{
    .call = FaultyCall::write, .and_all_after = true, .error = ENOSPC, .path_part = "events-"};

// "event 00042 of the stream": found in files as it stands here.
std::string text_of_event(int n) {
    auto number = std::to_string(n);
    return "event " + std::string(5 - number.size(), '0') + number + " of the stream";
}

std::string flipped_text_of_event(int n) {
    auto text = text_of_event(n);
    text[0] = static_cast<char>(text[0] ^ 1);
    return text;
}

// 200 events of order/1 in about 20 chunks; what happens at a step is the test's.
struct CompactionOnDisk {
    explicit CompactionOnDisk(std::chrono::milliseconds settle_after = std::chrono::milliseconds{0})
        : settle_after_(settle_after) {
        open();
        declare({});
        for (int n = 1; n <= events; ++n) {
            const auto data = "{\"m" + std::to_string(n % 10) + "\":\"" + text_of_event(n) + "\"}";
            const auto outcome = run(
                service->append({name, Expected::any(), encode({ServiceFixture::patch(data)})}));
            BOOST_TEST_REQUIRE(!outcome.error);
        }
        state_before = state();
    }
    ~CompactionOnDisk() { close(); }

    void open() {
        ServiceConfig config;
        config.snapshots.every = 0;
        config.compaction.at_step = [this](std::string_view step) {
            if (step == step_) {
                step_.clear();
                at_step_();
            }
        };
        JournaledConfig store;
        store.directory = path();
        store.segment_bytes = 256u << 10;
        store.settle_after = settle_after_;
        store.reclaim_in_background = reclaims;
        service = std::make_unique<Service>(io.get_executor(), config,
                                            open_journaled_store(std::move(store)));
    }
    void close() {
        if (service) {
            service->stop();
            service.reset();
        }
    }
    void declare(DeciderSpec decider) {
        CategorySettings settings;
        settings.decider = std::move(decider);
        BOOST_TEST_REQUIRE(!run(service->set_category(name.category, std::move(settings))).error);
    }
    [[nodiscard]] fs::path path() const { return directory_.path() / "store"; }

    template <class T>
    T run(boost::asio::awaitable<T> call) {
        io.restart();
        return Pending<T>(io, std::move(call)).get();
    }
    std::string state() {
        const auto found = run(service->state(name, std::nullopt));
        BOOST_TEST_REQUIRE(found.has_value());
        return *found->json;
    }
    Version first_version() {
        const auto facts = service->store().facts(name);
        BOOST_TEST_REQUIRE(facts.has_value());
        return facts->first_version;
    }

    void when(std::string step, std::function<void()> what) {
        step_ = std::move(step);
        at_step_ = std::move(what);
    }
    CompactionReport compact() {
        CompactionOptions options;
        options.keep_last = kept;
        const auto begun = run(service->compactions()->start(name, options));
        BOOST_TEST_REQUIRE(begun.has_value());
        for (;;) {
            const auto found = service->compactions()->find((*begun)->id);
            BOOST_TEST_REQUIRE(found.has_value());
            const auto report = std::get<Compactions::Report>(*found);
            if (report->is_over() || report->status == CompactionStatus::awaiting_verification) {
                return *report;
            }
            io.restart();
            io.run_one();
        }
    }
    // Flips one bit of the text wherever it lies in files of that name; how often it was there.
    std::size_t flip(std::string_view file_name, const std::string& text) const {
        const Spared spared;
        std::size_t flipped = 0;
        for (const auto& entry : fs::recursive_directory_iterator(path())) {
            if (!entry.is_regular_file() ||
                entry.path().string().find(file_name) == std::string::npos) {
                continue;
            }
            const auto bytes = text_of(entry.path());
            std::fstream out(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
            for (auto at = bytes.find(text); at != bytes.npos; at = bytes.find(text, at + 1)) {
                out.seekp(static_cast<std::streamoff>(at));
                out.put(static_cast<char>(bytes[at] ^ 1));
                ++flipped;
            }
        }
        return flipped;
    }
    // What another program would find if this one died now.
    [[nodiscard]] fs::path copy_to(const TemporaryDirectory& elsewhere) const {
        const Spared spared;
        fs::copy(path(), elsewhere.path() / "store", fs::copy_options::recursive);
        return elsewhere.path() / "store";
    }

    void require_nothing_deleted(const CompactionReport& report) {
        BOOST_TEST(name_of(report.status) == "failed");
        BOOST_TEST(!report.reason.empty());
        BOOST_TEST(first_version() == Version{1});
    }
    void require_succeeded(const CompactionReport& report) {
        BOOST_TEST(name_of(report.status) == "succeeded", report.reason);
        BOOST_TEST(first_version() == Version{events - kept + 1});
        BOOST_TEST(state() == state_before);
    }

    boost::asio::io_context io;
    std::unique_ptr<Service> service;
    const StreamName name{"order", "1"};
    std::string state_before;
    bool reclaims = false;

private:
    TemporaryDirectory directory_;
    const std::chrono::milliseconds settle_after_;
    std::string step_;
    std::function<void()> at_step_;
};

// All is in LMDB before a compaction begins.
struct SettledOnDisk : CompactionOnDisk {
    SettledOnDisk() {
        close();
        open();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_compaction_on_disk)

BOOST_AUTO_TEST_CASE(when_a_bit_of_a_chunk_flips_then_nothing_goes_unproved) {
    // At the beginning, beside the cut on both sides, and at the end.
    for (const int damaged :
         {1, static_cast<int>(events - kept), static_cast<int>(events - kept) + 1, events}) {
        for (const auto* step : steps_to_the_cut) {
            BOOST_TEST_CONTEXT("event " << damaged << " at step " << step) {
                SettledOnDisk on;
                std::size_t flipped = 0;
                on.when(step, [&] { flipped = on.flip("events-", text_of_event(damaged)); });
                const auto report = on.compact();
                BOOST_TEST_REQUIRE(flipped > 0u);
                if (report.status == CompactionStatus::succeeded) {
                    // It was read already, and proved.
                    BOOST_TEST(report.verification.has_value());
                    BOOST_TEST(on.first_version() == Version{events - kept + 1});
                    BOOST_TEST(report.events_deleted == events - kept);
                    continue;
                }
                on.require_nothing_deleted(report);
                BOOST_TEST(report.reason.find("check") != std::string::npos, report.reason);
                // With the bit as it was, all of it is there, and can be compacted.
                BOOST_TEST(!on.run(on.service->compactions()->release(on.name)));
                (void)on.flip("events-", flipped_text_of_event(damaged));
                on.require_succeeded(on.compact());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_bit_of_the_journal_flips_then_a_crash_loses_nothing_silently) {
    for (const auto* step : steps_to_the_cut) {
        BOOST_TEST_CONTEXT("at step " << step) {
            CompactionOnDisk on(std::chrono::hours{1});
            TemporaryDirectory left;
            std::size_t flipped = 0;
            fs::path copy;
            on.when(step, [&] {
                flipped = on.flip("journal", text_of_event(5));
                copy = on.copy_to(left);
            });
            const auto report = on.compact();
            BOOST_TEST_REQUIRE(flipped > 0u);
            // What memory holds is whole, and settles.
            on.require_succeeded(report);
            on.close();
            BOOST_TEST(verify_store(on.path()).problems.empty());
            on.open();
            BOOST_TEST(on.state() == on.state_before);
            // Where it died in between: all of it is there, or it refuses and says why.
            try {
                const auto reopened = open_journaled_store({.directory = copy});
                const auto facts = reopened->facts(on.name);
                BOOST_TEST_REQUIRE(facts.has_value());
                BOOST_TEST(facts->events == events);
            } catch (const StorageFailure& failure) {
                BOOST_CHECK(failure.cause() == StorageFailure::Cause::damaged);
                BOOST_TEST(std::string(failure.what()).find("journal") != std::string::npos,
                           failure.what());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(when_the_disk_is_full_then_it_fails_and_works_with_room_again) {
    for (const bool settled : {true, false}) {
        for (const auto* step : steps_to_the_cut) {
            BOOST_TEST_CONTEXT((settled ? "settled" : "pending") << ", at step " << step) {
                CompactionOnDisk on(std::chrono::hours{1});
                if (settled) {
                    on.close();
                    on.open();
                }
                std::optional<Injection> full;
                on.when(step, [&] { full.emplace(no_room); });
                const auto report = on.compact();
                BOOST_TEST(full->strikes() > 0u);
                on.require_nothing_deleted(report);
                BOOST_TEST(report.reason.find("no room on the disk") != std::string::npos,
                           report.reason);
                BOOST_TEST(on.state() == on.state_before);
                full.reset();
                on.require_succeeded(on.compact());
                on.close();
                BOOST_TEST(verify_store(on.path()).problems.empty());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(when_the_disk_is_full_behind_the_cut_then_it_was_cut_and_space_comes_later) {
    SettledOnDisk on;
    std::optional<Injection> full;
    on.when("after the cut", [&] { full.emplace(no_room); });
    const auto report = on.compact();
    BOOST_TEST(full->strikes() > 0u);
    on.require_succeeded(report);
    BOOST_TEST(report.reason.find("the space is given back later") != std::string::npos,
               report.reason);
    BOOST_TEST(!on.service->store().is_reclaimed(on.name).value());
    full.reset();
    on.close();
    BOOST_TEST(verify_store(on.path()).problems.empty());
    on.reclaims = true;
    on.open();
    BOOST_TEST(on.state() == on.state_before);
    while (!on.service->store().is_reclaimed(on.name).value()) {
        std::this_thread::yield();
    }
}

BOOST_AUTO_TEST_CASE(when_one_that_waits_is_cancelled_on_a_full_disk_then_it_can_be_said_again) {
    SettledOnDisk on;
    on.declare({.kind = "external", .source = {}, .name = {}});
    const auto waiting = on.compact();
    BOOST_TEST(name_of(waiting.status) == "awaiting_verification", waiting.reason);
    BOOST_TEST(on.service->compactions()->load().running == 0u);
    {
        const Injection full(no_room);
        BOOST_TEST(on.run(on.service->compactions()->cancel(waiting.id)) ==
                   storage_errc::disk_full);
    }
    BOOST_TEST(!on.run(on.service->compactions()->cancel(waiting.id)));
    on.close();
    on.open();
    const auto found = on.service->compactions()->find(waiting.id);
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(name_of(std::get<Compactions::Report>(*found)->status) == "cancelled");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

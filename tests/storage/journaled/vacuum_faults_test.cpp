// A vacuum in which something fails leaves the store as it was: the old file stays in use, or the
// new one has taken its place; nothing half made stays.
#include "storage/lmdb/keys.hpp"
#include "tests/storage/journaled/given_a_store_with_garbage.hpp"
#include "tests/support/fault_injection.hpp"

#include <cerrno>
#include <new>

using namespace firn;
using namespace firn::test;

namespace {

struct GivenAVacuumThatFails : GivenAStoreWithGarbage {
    // Vacuums with the plan's n-th call failing, for n = 1, 2, 3 …, until none fails. Whatever
    // fails, everything can be read, now and after a crash, and appending goes on.
    void sweep(FaultPlan plan, std::uint64_t stride = 1) {
        make_garbage();
        std::uint64_t failed = 0;
        for (plan.nth = 1;; plan.nth += stride) {
            const Contents before(store(), Reading::quickly);
            const bool struck = vacuum_under(plan);
            BOOST_TEST_CONTEXT("call " << plan.nth) {
                BOOST_TEST_REQUIRE((Contents(store(), Reading::quickly) == before));
                append(nth(38), numbered(1));
                const Contents after(store(), Reading::quickly);
                crash();
                open();
                BOOST_TEST_REQUIRE((Contents(store(), Reading::quickly) == after));
                BOOST_TEST_REQUIRE(has_only_the_current_file());
                check_sound();
            }
            if (!struck) {
                break;
            }
            ++failed;
        }
        BOOST_TEST(failed > 0u);
        BOOST_TEST_MESSAGE(failed << " calls");
        vacuum();
    }

    bool vacuum_under(const FaultPlan& plan) {
        const Injection fault(plan);
        try {
            const auto begun = store().begin_vacuum();
            while (begun) {
                const auto progress = (*begun)->step(1ms);
                if (!progress || progress->is_done()) {
                    break;
                }
            }
        } catch (const std::bad_alloc&) {
            // For this call alone.
        }
        return fault.strikes() > 0;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_vacuum_that_fails, GivenAVacuumThatFails)

BOOST_AUTO_TEST_CASE(when_the_disk_is_full_then_it_says_so_and_the_store_goes_on) {
    make_garbage();
    {
        const auto vacuum = begin();
        const Injection fault({.call = FaultyCall::write,
                               .and_all_after = true,
                               .error = ENOSPC,
                               .path_part = "events-2"});
        auto progress = vacuum->step(1ms);
        while (progress) {
            BOOST_REQUIRE(!progress->is_done());
            progress = vacuum->step(1ms);
        }
        BOOST_TEST((progress.error() == storage_errc::disk_full));
        BOOST_TEST((vacuum->step(1ms).error() == storage_errc::disk_full));
        // At once, not only when somebody lets go of it.
        BOOST_TEST(has_only_the_current_file());
        append(nth(38), numbered(1));
        settle_all();
        BOOST_TEST(store().stats().accepting);
    }
    vacuum();
    check_consistency();
    check_sound();
}

BOOST_AUTO_TEST_CASE(when_the_map_is_too_small_for_the_copy_then_it_grows) {
    config.map_bytes = 64u << 10;
    close();
    fs::remove_all(path());
    open();
    for (int i = 0; i < 200; ++i) {
        append(nth(static_cast<std::uint64_t>(i)), {{.data = '"' + std::string(5000, 'x') + '"'}});
    }
    settle_all();
    const auto grown = begin();
    // What is written meanwhile must have its place there, too.
    for (int i = 0; i < 400; ++i) {
        append({"more", std::to_string(i)}, {{.data = '"' + std::string(5000, 'y') + '"'}});
    }
    settle_all();
    const Contents before(store());
    finish(*grown);
    BOOST_TEST((Contents(store()) == before));
}

BOOST_AUTO_TEST_CASE(when_a_record_is_damaged_then_it_is_given_up_as_corrupt) {
    make_garbage();
    close();
    {
        lmdb::Environment environment(path() / current(), config.map_bytes);
        auto transaction = environment.write();
        transaction.put(lmdb::Table::streams, lmdb::stream_key(StreamNumber{39}), "nonsense");
        transaction.commit();
    }
    open();
    const auto broken = begin();
    auto progress = broken->step(1ms);
    while (progress && !progress->is_done()) {
        progress = broken->step(1ms);
    }
    BOOST_TEST((progress.error() == storage_errc::corrupt));
    BOOST_TEST(has_only_the_current_file());
}

BOOST_AUTO_TEST_CASE(when_one_write_fails_then_nothing_is_lost) {
    sweep({.call = FaultyCall::write, .path_part = "events-2"});
}

BOOST_AUTO_TEST_CASE(when_one_sync_fails_then_nothing_is_lost) {
    sweep({.call = FaultyCall::sync});
}

BOOST_AUTO_TEST_CASE(when_all_syncs_fail_from_one_on_then_nothing_is_lost) {
    sweep({.call = FaultyCall::sync, .and_all_after = true});
}

BOOST_AUTO_TEST_CASE(when_nobody_knows_which_name_is_durable_then_nothing_settles_before_one_is) {
    make_garbage();
    FaultPlan plan{.call = FaultyCall::sync, .and_all_after = true};
    // The directory's sync behind the renaming, and all that would put the old name back.
    while (current() == "events-1.mdb") {
        BOOST_TEST_REQUIRE(plan.nth < 20u);
        BOOST_TEST_REQUIRE(vacuum_under(plan));
        ++plan.nth;
    }
    BOOST_TEST(current() == "events-2.mdb");
    BOOST_TEST(files().size() == 2u);
    const Contents before(store());
    const Contents after_a_crash = [&] {
        GivenAStoreWithGarbage other_store;
        other_store.close();
        fs::remove_all(other_store.path());
        fs::copy(path(), other_store.path(), fs::copy_options::recursive);
        other_store.open();
        BOOST_TEST(other_store.current() == "events-2.mdb");
        BOOST_TEST(other_store.has_only_the_current_file());
        return Contents(other_store.store());
    }();
    BOOST_TEST((after_a_crash == before));
    append(nth(38), numbered(1));
    settle_all();
    BOOST_TEST(current() == "events-1.mdb");
    vacuum();
    BOOST_TEST(current() == "events-2.mdb");
    BOOST_TEST(has_only_the_current_file());
    check_sound();
}

BOOST_AUTO_TEST_CASE(when_one_renaming_fails_then_nothing_is_lost) {
    sweep({.call = FaultyCall::rename});
}

BOOST_AUTO_TEST_CASE(when_one_opening_fails_then_nothing_is_lost) {
    sweep({.call = FaultyCall::open});
}

BOOST_AUTO_TEST_CASE(when_one_truncation_fails_then_nothing_is_lost) {
    sweep({.call = FaultyCall::truncate});
}

BOOST_AUTO_TEST_CASE(when_there_is_no_memory_then_nothing_is_lost) {
    if (Injection::can_fail_allocations()) {
        sweep({.call = FaultyCall::allocate}, 7);
    }
}

BOOST_AUTO_TEST_SUITE_END()

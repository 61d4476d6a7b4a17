// The journal as a whole: rolling, sealing after a failed write, reuse, bounds.
#include "tests/storage/journal/given_a_journal.hpp"
#include "tests/support/fault_injection.hpp"

#include <cerrno>

using namespace firn;
using namespace firn::journal;
using namespace firn::test;

namespace {

struct GivenAnOpenJournal : GivenAJournal {
    GivenAnOpenJournal() { open(); }
    // Each of these takes a segment of its own.
    std::string large(char fill) const { return std::string(5 * block_bytes, fill); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_an_open_journal, GivenAnOpenJournal)

BOOST_AUTO_TEST_CASE(when_records_are_appended_then_recovery_replays_them_in_order) {
    for (const char* payload : {"one", "two", "three"}) {
        must_append(payload);
    }
    close();
    const auto start = recover();
    BOOST_TEST(replayed() == (std::vector<std::string>{"one", "two", "three"}),
               boost::test_tools::per_element());
    BOOST_TEST(start.next_sequence == 4u);
}

BOOST_AUTO_TEST_CASE(when_what_settled_is_named_then_only_the_rest_is_replayed) {
    for (const char* payload : {"one", "two", "three"}) {
        must_append(payload);
    }
    close();
    (void)recover(2);
    BOOST_TEST(replayed() == (std::vector<std::string>{"three"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_a_segment_is_full_then_the_next_one_goes_on) {
    must_append(large('a'));
    must_append(large('b'));
    must_append("c");
    BOOST_TEST(files().size() == 2u);
    BOOST_TEST(journal().wants_settling() == false);
    must_append(large('d'));
    BOOST_TEST(journal().wants_settling());
    close();
    (void)recover();
    BOOST_TEST(replayed() == (std::vector<std::string>{large('a'), large('b'), "c", large('d')}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_all_segments_hold_unsettled_records_then_it_is_full) {
    for (const char fill : {'a', 'b', 'c'}) {
        BOOST_TEST(!journal().is_full(large(fill).size()));
        must_append(large(fill));
    }
    BOOST_TEST(journal().is_full(large('d').size()));
    BOOST_TEST(!journal().is_full(100));  // the current one still has room for that
    journal().release(2);
    BOOST_TEST(!journal().is_full(large('d').size()));
}

BOOST_AUTO_TEST_CASE(when_segments_are_used_again_then_stale_records_are_not_resurrected) {
    for (int round = 0; round < 5; ++round) {
        for (const char fill : {'a', 'b', 'c'}) {
            must_append(large(fill));
        }
        journal().release(journal().next_sequence() - 1);
    }
    const auto last = journal().next_sequence() - 1;
    must_append("the only one above");
    BOOST_TEST(files().size() <= 3u);
    close();
    const auto start = recover(last);
    BOOST_TEST(replayed() == (std::vector<std::string>{"the only one above"}),
               boost::test_tools::per_element());
    BOOST_TEST(start.next_sequence == last + 2);
}

BOOST_AUTO_TEST_CASE(when_more_segments_were_needed_than_are_kept_then_the_rest_is_removed) {
    for (char fill = 'a'; fill < 'h'; ++fill) {
        must_append(large(fill));
    }
    BOOST_TEST(files().size() == 7u);
    journal().release(journal().next_sequence() - 1);
    BOOST_TEST(files().size() == 3u);
    BOOST_TEST(journal().file_bytes() == 3 * segment_bytes);
}

BOOST_AUTO_TEST_CASE(when_a_segment_is_prepared_then_appending_makes_none) {
    must_append("one");
    journal().prepare();
    BOOST_TEST(files().size() == 2u);
    Injection fault({.call = FaultyCall::open, .and_all_after = true, .path_part = "new-"});
    must_append(large('a'));
    must_append(large('b'));
    BOOST_TEST(fault.calls() == 0u);
}

BOOST_AUTO_TEST_CASE(when_it_is_closed_and_all_has_settled_then_the_next_start_reads_no_segment) {
    for (const char fill : {'a', 'b', 'c'}) {
        must_append(large(fill));
    }
    journal().release(3);
    journal().close();
    close();
    const auto start = recover(3);
    BOOST_TEST(start.live.empty());
    BOOST_TEST(start.free.size() == 3u);
    BOOST_TEST(start.next_sequence == 4u);
    BOOST_TEST(start.next_epoch == 4u);
    // Not even what was settled is found there again.
    (void)recover(0);
    BOOST_TEST(replayed().empty());
}

BOOST_AUTO_TEST_CASE(when_it_goes_on_after_such_a_close_then_stale_records_are_not_resurrected) {
    must_append(large('a'));
    must_append(large('b'));
    journal().release(2);
    journal().close();
    auto start = recover(2);
    journal::Journal next(config(), std::move(start));
    journal::AlignedBuffer record;
    record.reserve(block_bytes);
    BOOST_TEST(next.append({.payload_bytes = 0}, record).has_value());
    BOOST_TEST(files().size() == 2u);
    (void)recover(2);
    BOOST_TEST(replayed() == std::vector<std::string>{""}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_it_is_closed_before_all_has_settled_then_the_rest_is_replayed) {
    for (const char fill : {'a', 'b', 'c'}) {
        must_append(large(fill));
    }
    journal().release(2);
    journal().close();
    close();
    const auto start = recover(2);
    BOOST_TEST(start.live.size() == 1u);
    BOOST_TEST(replayed() == std::vector<std::string>{large('c')},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_fewer_or_larger_segments_are_configured_after_its_close_then_others_go) {
    for (const char fill : {'a', 'b', 'c'}) {
        must_append(large(fill));
    }
    journal().release(3);
    journal().close();
    close();
    auto fewer = config();
    fewer.segments = 2;
    {
        const Journal reopened(fewer, recover(3));
        BOOST_TEST(files().size() == 2u);
        BOOST_TEST(reopened.file_bytes() == 2 * segment_bytes);
    }
    auto larger = config();
    larger.segment_bytes = 2 * segment_bytes;
    Journal reopened(larger, recover(3));
    BOOST_TEST(files().empty());
    AlignedBuffer record;
    const std::string payload(10 * block_bytes, 'd');
    record.reserve(padded(record_header_bytes + payload.size()));
    std::memcpy(record.data() + record_header_bytes, payload.data(), payload.size());
    BOOST_TEST(
        reopened.append({.payload_bytes = static_cast<std::uint32_t>(payload.size())}, record)
            .has_value());
    (void)recover(3);
    BOOST_TEST(replayed() == std::vector<std::string>{payload}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_a_header_cannot_be_written_at_its_close_then_nothing_is_lost) {
    using Effect = FaultPlan::Effect;
    for (const std::uint64_t nth : {1, 2, 3}) {
        for (const auto effect : {Effect::nothing, Effect::half, Effect::whole}) {
            BOOST_TEST_INFO("write " << nth << " fails, effect " << static_cast<int>(effect));
            GivenAnOpenJournal given;
            for (const char fill : {'a', 'b', 'c'}) {
                given.must_append(given.large(fill));
            }
            given.journal().release(2);
            {
                Injection fault({.nth = nth, .effect = effect});
                given.journal().close();
            }
            given.close();
            BOOST_TEST(given.recover(2).next_sequence == 4u);
            BOOST_TEST(given.replayed() == std::vector<std::string>{given.large('c')},
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(when_the_configured_size_changes_then_old_segments_go_once_they_settled) {
    for (const char fill : {'a', 'b', 'c'}) {
        must_append(large(fill));
    }
    close();
    auto larger = config();
    larger.segment_bytes = 2 * segment_bytes;
    open(larger);
    BOOST_TEST(replayed().size() == 3u);
    must_append("d");
    journal().release(3);
    BOOST_TEST(files().size() == 1u);
    BOOST_TEST(fs::file_size(files().front()) == 2 * segment_bytes);
    close();
    (void)recover(3);
    BOOST_TEST(replayed() == (std::vector<std::string>{"d"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_journal_whose_write_fails, GivenAnOpenJournal)

BOOST_AUTO_TEST_CASE(when_a_fresh_segment_takes_the_record_then_the_append_succeeds) {
    must_append("one");
    {
        // The whole record reached the disk, and the disk denied it.
        Injection fault({.call = FaultyCall::write, .effect = FaultPlan::Effect::whole});
        must_append("two");
    }
    must_append("three");
    BOOST_TEST(reports().size() == 1u);
    close();
    (void)recover();
    BOOST_TEST(replayed() == (std::vector<std::string>{"one", "two", "three"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_the_sealed_segment_holds_a_whole_record_then_it_does_not_count_twice) {
    must_append("one");
    {
        Injection fault(
            {.call = FaultyCall::write, .and_all_after = true, .effect = FaultPlan::Effect::whole});
        const auto failed = append("never acknowledged");
        BOOST_REQUIRE(!failed.has_value());
        BOOST_TEST((failed.error() == storage_errc::io_failed));
    }
    must_append("two");
    must_append("three");
    close();
    (void)recover();
    BOOST_TEST(replayed() == (std::vector<std::string>{"one", "two", "three"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_the_disk_is_full_then_it_says_so_and_goes_on_once_there_is_room) {
    must_append(large('a'));
    {
        Injection fault({.call = FaultyCall::write, .and_all_after = true, .error = ENOSPC});
        const auto failed = append(large('b'));
        BOOST_REQUIRE(!failed.has_value());
        BOOST_TEST((failed.error() == storage_errc::disk_full));
    }
    BOOST_TEST(files().size() == 1u);
    must_append(large('c'));
    close();
    (void)recover();
    BOOST_TEST(replayed() == (std::vector<std::string>{large('a'), large('c')}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_a_write_failed_and_no_segment_can_be_made_then_the_outcome_is_unknown) {
    must_append("one");
    {
        Injection write_fault(
            {.call = FaultyCall::write, .effect = FaultPlan::Effect::whole, .path_part = "0000"});
        fs::permissions(directory(), fs::perms::none);
        fs::rename(directory(), directory().string() + "-away");
        const auto failed = append("perhaps");
        fs::rename(directory().string() + "-away", directory());
        fs::permissions(directory(), fs::perms::owner_all);
        BOOST_REQUIRE(!failed.has_value());
        BOOST_TEST((failed.error() == storage_errc::io_failed));
    }
    must_append("two");
    close();
    (void)recover();
    BOOST_TEST(replayed() == (std::vector<std::string>{"one", "two"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_any_single_step_fails_then_every_acknowledged_record_is_replayed) {
    for (const auto call : {FaultyCall::write, FaultyCall::open, FaultyCall::rename}) {
        for (const auto effect :
             {FaultPlan::Effect::nothing, FaultPlan::Effect::half, FaultPlan::Effect::whole}) {
            for (std::uint64_t nth = 1;; ++nth) {
                GivenAJournal fresh;
                fresh.open();
                std::vector<std::string> acknowledged;
                Injection fault({.call = call, .nth = nth, .effect = effect});
                for (char fill = 'a'; fill < 'k'; ++fill) {
                    // Large ones need another segment; small ones may still fit the last.
                    const std::string payload(fill % 2 ? 4 * block_bytes : 100, fill);
                    if (fresh.append(payload)) {
                        acknowledged.push_back(payload);
                    }
                }
                const bool struck = fault.strikes() > 0;
                fault.lift();
                fresh.close();
                (void)fresh.recover();
                BOOST_TEST_REQUIRE(fresh.replayed() == acknowledged,
                                   "call " << static_cast<int>(call) << " number " << nth);
                if (!struck) {
                    break;
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(when_memory_runs_out_anywhere_then_every_acknowledged_record_is_replayed) {
    if (!Injection::can_fail_allocations()) {
        return;
    }
    for (std::uint64_t nth = 1;; ++nth) {
        GivenAJournal fresh;
        fresh.open();
        std::vector<std::string> acknowledged;
        std::vector<std::string> payloads;
        for (char fill = 'a'; fill < 'h'; ++fill) {
            payloads.emplace_back(fill % 2 ? 4 * block_bytes : 100, fill);
        }
        acknowledged.reserve(payloads.size());
        Injection fault({.call = FaultyCall::allocate, .nth = nth});
        for (auto& payload : payloads) {
            bool done = false;
            try {
                done = fresh.append(payload).has_value();
            } catch (const std::bad_alloc&) {
                // The caller's own buffer.
            }
            if (done) {
                acknowledged.push_back(std::move(payload));
            }
        }
        const bool struck = fault.strikes() > 0;
        fault.lift();
        fresh.close();
        (void)fresh.recover();
        BOOST_TEST_REQUIRE(fresh.replayed() == acknowledged, "allocation number " << nth);
        if (!struck) {
            break;
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

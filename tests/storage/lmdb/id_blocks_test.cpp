// Ids of clients: found across every growth of their blocks, forgotten beyond the window.
#include "tests/storage/lmdb/given_an_environment.hpp"
#include "tests/support/random.hpp"

using namespace firn;
using namespace firn::lmdb;
using namespace firn::test;

namespace {

const StreamNumber stream{3};

IdEntry entry_number(std::uint64_t number) {
    IdEntry entry;
    entry.id = id_number(number);
    entry.fact.digest = content_digest("Happened", std::to_string(number), "{}");
    entry.fact.version = Version{number};
    entry.fact.position = Position{number * 7};
    entry.fact.recorded_at = time_at(static_cast<std::int64_t>(number) - 500);
    entry.ordinal = number;
    return entry;
}

struct GivenIds : GivenAnEnvironment {
    // Adds the next `count` ids in one transaction.
    void add(std::uint64_t count, std::uint32_t window = 10'000) {
        std::vector<IdEntry> entries;
        for (std::uint64_t i = 1; i <= count; ++i) {
            entries.push_back(entry_number(added + i));
        }
        write([&](WriteTransaction& transaction) {
            add_ids(transaction, stream, added, entries, window);
        });
        added += count;
    }
    bool knows(std::uint64_t number) {
        const auto fact = find_id(environment.read(), stream, added, id_number(number));
        const auto wanted = entry_number(number).fact;
        BOOST_TEST((!fact || (fact->digest == wanted.digest && fact->version == wanted.version &&
                              fact->position == wanted.position &&
                              fact->recorded_at == wanted.recorded_at)));
        return fact.has_value();
    }
    std::size_t blocks() {
        const auto transaction = environment.read();
        Cursor cursor(transaction, Table::ids);
        std::size_t found = 0;
        for (bool more = cursor.first(); more; more = cursor.next()) {
            ++found;
        }
        return found;
    }
    std::uint64_t added = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_ids_of_a_stream, GivenIds)

BOOST_AUTO_TEST_CASE(when_blocks_are_spread_then_every_id_is_still_found) {
    for (const std::uint64_t upto : {1u, 24u, 25u, 100u, 768u, 769u, 2000u}) {
        add(upto - added);
        for (std::uint64_t number = 1; number <= upto; ++number) {
            BOOST_TEST_REQUIRE(knows(number), number << " of " << upto);
        }
        BOOST_TEST(!knows(upto + 1));
        BOOST_TEST(blocks() <= (upto <= 24 ? 1u : upto <= 768 ? 32u : 512u));
    }
}

BOOST_AUTO_TEST_CASE(when_many_come_at_once_then_all_growths_happen_in_one) {
    add(3000);
    for (std::uint64_t number = 1; number <= 3000; number += 13) {
        BOOST_TEST_REQUIRE(knows(number));
    }
}

BOOST_AUTO_TEST_CASE(when_the_window_is_small_then_its_newest_are_kept_and_blocks_stay_small) {
    for (int i = 0; i < 60; ++i) {
        add(10, 50);
        for (std::uint64_t back = 0; back < std::min<std::uint64_t>(50, added); ++back) {
            BOOST_TEST_REQUIRE(knows(added - back));
        }
    }
    std::size_t remembered = 0;
    for (std::uint64_t number = 1; number <= added; ++number) {
        remembered += knows(number) ? 1 : 0;
    }
    BOOST_TEST(remembered < 350u);
}

BOOST_AUTO_TEST_CASE(when_they_are_erased_then_other_streams_keep_theirs) {
    add(100);
    write([](WriteTransaction& transaction) {
        add_ids(transaction, StreamNumber{2}, 0, {entry_number(1)}, 10);
        add_ids(transaction, StreamNumber{4}, 0, {entry_number(1)}, 10);
        erase_ids(transaction, stream);
    });
    BOOST_TEST(!knows(1));
    BOOST_TEST(find_id(environment.read(), StreamNumber{2}, 1, id_number(1)).has_value());
    BOOST_TEST(find_id(environment.read(), StreamNumber{4}, 1, id_number(1)).has_value());
    BOOST_TEST(blocks() == 2u);
}

BOOST_AUTO_TEST_CASE(when_a_block_is_damaged_then_looking_says_so) {
    add(3);
    write([](WriteTransaction& transaction) {
        std::string block(transaction.get(Table::ids, id_block_key(stream, 0)).value());
        block.back() = static_cast<char>(block.back() ^ 1);
        transaction.put(Table::ids, id_block_key(stream, 0), block);
    });
    BOOST_CHECK_THROW((void)knows(1), CorruptRecord);
}

BOOST_AUTO_TEST_SUITE_END()

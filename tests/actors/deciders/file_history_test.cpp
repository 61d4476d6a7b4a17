// The decider of real data, by hand and at random; its state shows how a typed state is measured.
#include "tests/support/file_history.hpp"

#include "tests/actors/deciders/native_folding.hpp"
#include "tests/support/random.hpp"

#include <string>
#include <string_view>

namespace firn {

using test::contains;
using test::FileHistory;
using test::NativeFolding;

namespace {

std::string change(std::string_view commit, std::string_view author, std::string_view counts) {
    return "{\"commit\":\"" + std::string(commit) + "\",\"at\":\"2004-06-13T13:18:32+00:00\"," +
           "\"author\":\"" + std::string(author) + "\"" + std::string(counts) + "}";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_file_history, NativeFolding<FileHistory>)

BOOST_AUTO_TEST_CASE(when_lines_and_bytes_change_then_they_add_up) {
    apply("LinesChanged", change("c1", "bram", R"(,"added":10,"deleted":0)"));
    apply("LinesChanged", change("c2", "ann", R"(,"added":5,"deleted":7)"));
    apply("BinaryChanged", change("c3", "bram", ""));
    BOOST_TEST(
        text() ==
        R"({"changes":3,"added":15,"deleted":7,"lines":8,"authors":["ann","bram"],"last_commit":"c3"})");
    BOOST_TEST(!engine->has_decide());
}

BOOST_AUTO_TEST_CASE(when_random_changes_are_folded_over_snapshots_then_a_plain_count_agrees) {
    auto random = test::Random::announced("file histories");
    for (int run = 0; run < 20; ++run) {
        state = engine->initial();
        FileHistory::State expected;
        for (int i = 0; i < 100; ++i) {
            const auto author = "author-" + std::to_string(random.below(20));
            const auto commit = std::to_string(random.next());
            const auto added = static_cast<std::int64_t>(random.below(100));
            const auto deleted = static_cast<std::int64_t>(random.below(100));
            ++expected.changes;
            expected.authors.insert(author);
            expected.last_commit = commit;
            if (random.percent(20)) {
                apply("BinaryChanged", change(commit, author, ""));
            } else {
                apply("LinesChanged", change(commit, author,
                                             ",\"added\":" + std::to_string(added) +
                                                 ",\"deleted\":" + std::to_string(deleted)));
                expected.added += added;
                expected.deleted += deleted;
                expected.lines += added - deleted;
            }
            if (random.percent(10)) {
                restore(text());
            }
        }
        const auto folded = to_typed<FileHistory::State>(*parse_json(text()));
        BOOST_REQUIRE(folded);
        BOOST_CHECK(*folded == expected);
    }
}

BOOST_AUTO_TEST_CASE(when_a_state_grows_then_its_size_is_known_about) {
    const auto small = state->memory_bytes();
    BOOST_TEST(small < 2000u);
    std::size_t held = 0;
    for (int i = 0; i < 2000; ++i) {
        const auto author = std::to_string(i) + std::string(60, 'x');
        held += sizeof(std::string) + author.size();
        apply("BinaryChanged", change("c", author, ""));
        BOOST_REQUIRE(2 * state->memory_bytes() + 2000 > held);
        BOOST_REQUIRE(state->memory_bytes() < 2 * held + 2000);
    }
    // Events that leave the state as it is do not count for long.
    for (int i = 0; i < 5000; ++i) {
        apply("BinaryChanged", change("c", "1" + std::string(60, 'x'), ""));
        BOOST_REQUIRE(state->memory_bytes() < 2 * held + 2000);
    }
    restore(R"({"changes":0,"added":0,"deleted":0,"lines":0,"authors":[],"last_commit":""})");
    BOOST_TEST(state->memory_bytes() == small);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

// The decider of real data: what the changes of one file of a repository add up to.
// It has no commands: the changes have happened.
// Thread: pure functions. Errors: none.
#pragma once

#include "actors/decider.hpp"

#include <boost/container/flat_set.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace firn::test {

struct FileHistory {
    struct State {
        std::uint64_t changes = 0;
        std::int64_t added = 0;
        std::int64_t deleted = 0;
        std::int64_t lines = 0;
        boost::container::flat_set<std::string> authors;  // sorted: equal states have equal texts
        std::string last_commit;
        friend bool operator==(const State&, const State&) = default;
    };

    struct LinesChanged {
        static constexpr std::string_view type = "LinesChanged";
        std::string commit, at, author;
        std::int64_t added = 0;
        std::int64_t deleted = 0;
    };
    struct BinaryChanged {
        static constexpr std::string_view type = "BinaryChanged";
        std::string commit, at, author;
    };
    using Event = std::variant<LinesChanged, BinaryChanged>;

    static State initial() { return {}; }

    static State evolve(State state, const Event& event) {
        if (const auto* const lines = std::get_if<LinesChanged>(&event)) {
            state.added += lines->added;
            state.deleted += lines->deleted;
            state.lines += lines->added - lines->deleted;
        }
        std::visit(
            [&state](const auto& change) {
                ++state.changes;
                state.authors.insert(change.author);
                state.last_commit = change.commit;
            },
            event);
        return state;
    }
};

BOOST_DESCRIBE_STRUCT(FileHistory::State, (),
                      (changes, added, deleted, lines, authors, last_commit))
BOOST_DESCRIBE_STRUCT(FileHistory::LinesChanged, (), (commit, at, author, added, deleted))
BOOST_DESCRIBE_STRUCT(FileHistory::BinaryChanged, (), (commit, at, author))

}  // namespace firn::test

// What the deciders with a mistake have right.
// Thread: compiled only. Errors: none here.
#pragma once

#include "actors/deciders/native.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace firn::test {

struct Count {
    std::int64_t value = 0;
};
BOOST_DESCRIBE_STRUCT(Count, (), (value))

struct Counted {
    static constexpr std::string_view type = "Counted";
    std::int64_t by = 0;
};
BOOST_DESCRIBE_STRUCT(Counted, (), (by))

struct DoCount {
    static constexpr std::string_view type = "DoCount";
    std::int64_t by = 0;
};
BOOST_DESCRIBE_STRUCT(DoCount, (), (by))

// Derived from, with one thing hidden by another.
struct Counter {
    using State = Count;
    using Event = Counted;
    using Command = DoCount;
    static State initial() { return {}; }
    static State evolve(State state, const Event& event) { return {state.value + event.by}; }
    static std::vector<Event> decide(const State&, const Command& command) {
        return {{command.by}};
    }
};

}  // namespace firn::test

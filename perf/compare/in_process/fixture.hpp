// The streams that are read, the same as every other store is given (drivers/src/fixture.rs): in
// the category "counter" a stream "length-N" of each length, and further ones of a thousand events.
// Thread: plain values. Errors: none.
#pragma once

#include "actors/decider.hpp"
#include "storage/types.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace firn::perf {

// What a stream's events add up to, and the event that adds to it.
struct Tally {
    struct State {
        std::uint64_t count = 0;
        std::uint64_t total = 0;
        bool operator==(const State&) const = default;
    };
    struct Added {
        static constexpr std::string_view type = "Added";
        std::uint64_t number = 0;
        std::uint64_t amount = 0;
        std::uint64_t total = 0;
        std::string note;
    };
    using Event = Added;

    static State initial() { return {}; }
    static State evolve(State state, const Added& event) {
        return {state.count + 1, state.total + event.amount};
    }
};
BOOST_DESCRIBE_STRUCT(Tally::State, (), (count, total))
BOOST_DESCRIBE_STRUCT(Tally::Added, (), (number, amount, total, note))

// Another revision, whose snapshots there are none of.
struct TallyAnew : Tally {
    static constexpr std::uint32_t revision = 2;
};

class Fixture {
public:
    struct Stream {
        StreamName name;
        std::uint64_t length = 0;
    };

    Fixture(std::uint64_t seed, std::vector<std::uint64_t> lengths, std::uint64_t filler);

    // The long ones first.
    [[nodiscard]] const std::vector<Stream>& streams() const noexcept { return streams_; }
    [[nodiscard]] Stream of_length(std::uint64_t length) const;
    [[nodiscard]] Tally::State state_of(const Stream& stream) const;
    // All streams' sums.
    [[nodiscard]] Tally::State sum() const;

    // A stream's events as JSON, one after another.
    class Events {
    public:
        Events(const Stream& stream, std::uint64_t seed);
        [[nodiscard]] std::string next();

    private:
        std::uint64_t random_;
        Tally::State state_;
    };
    [[nodiscard]] Events events_of(const Stream& stream) const { return {stream, seed_}; }

private:
    std::uint64_t seed_;
    std::vector<Stream> streams_;
};

}  // namespace firn::perf

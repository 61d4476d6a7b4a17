// What does one evolve cost on a live state, by kind of decider?
//
// Unit: nanoseconds an event (median of rounds), and the ratio to C++ over a JSON tree in the same
// run: the event's data parsed into a tree, and its members set in the state's tree. The same
// 200-byte events for all; states of 16 and of 300 members. Events lie in memory: no store.
// It checks that all deciders come to the same state, by its hash.

#include "actors/deciders/json_patch.hpp"
#include "actors/deciders/lua/lua_engine.hpp"
#include "actors/deciders/merge_patch.hpp"
#include "actors/json/canonical.hpp"
#include "actors/json/value.hpp"
#include "perf/support/measure.hpp"

#include <fmt/format.h>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>

#include <array>
#include <random>

namespace firn::perf {

namespace {

namespace json = boost::json;

constexpr std::size_t rounds = 5;

constexpr const char* lua_source = R"lua(
initial = {}
function evolve(state, event)
  for name, value in pairs(event.data) do
    state[name] = value
  end
  return state
end
)lua";

// The same without a loop: what a hand-written decider looks like.
constexpr const char* lua_fields_source = R"lua(
initial = {}
function evolve(state, event)
  local data = event.data
  state[data.field] = data.value
  state.at = data.at
  state.author = data.author
  state.count = (state.count or 0) + data.added
  return state
end
)lua";

std::string members_event(std::mt19937_64& random, std::size_t members) {
    return fmt::format(
        R"({{"f{:03}":"{:016x}","at":"2026-11-24T10:{:02}:{:02}Z","author":"author-{:04}","added":{},"note":"{:016x}{:016x}{:016x}{:016x}"}})",
        random() % members, random(), random() % 60, random() % 60, random() % 1000, random() % 900,
        random(), random(), random(), random());
}

std::string fields_event(std::mt19937_64& random, std::size_t members) {
    return fmt::format(
        R"({{"field":"f{:03}","value":"{:016x}","at":"2026-11-24T10:{:02}:{:02}Z","author":"author-{:04}","added":{},"note":"{:016x}{:016x}{:016x}"}})",
        random() % members, random(), random() % 60, random() % 60, random() % 1000, random() % 900,
        random(), random(), random());
}

// C++ over a tree, as one would write it by hand.
class TreeFold {
public:
    explicit TreeFold(bool fields) : fields_(fields) {}

    void evolve(std::string_view data) {
        memory_.release();
        const auto event = parse_json(data, &memory_);
        check(event.has_value(), "an event is not JSON");
        const auto& members = event->get_object();
        if (!fields_) {
            for (const auto& member : members) {
                state_[member.key()] = json::value(member.value(), state_.storage());
            }
            return;
        }
        state_[members.at("field").as_string()] =
            json::value(members.at("value"), state_.storage());
        state_["at"] = json::value(members.at("at"), state_.storage());
        state_["author"] = json::value(members.at("author"), state_.storage());
        auto& count = state_["count"];
        const auto before = count.is_null() ? 0 : count.as_int64();
        count = before + members.at("added").as_int64();
    }
    [[nodiscard]] Hash hash() const { return state_hash(state_); }

private:
    bool fields_;
    std::array<unsigned char, 8192> buffer_;
    json::monotonic_resource memory_{buffer_.data(), buffer_.size()};
    json::object state_;
};

double timed(const std::vector<std::string>& events, const auto& evolve) {
    return seconds([&] {
               for (const auto& event : events) {
                   evolve(event);
               }
           }) *
           1e9 / static_cast<double>(events.size());
}

Hash hash_of(const FoldedState& state) {
    std::string text;
    check(!state.write_json(text), "a state could not be written");
    const auto value = parse_json(text);
    check(value.has_value(), "a state is not JSON");
    return state_hash(*value);
}

struct Measured {
    std::vector<double> ns;
    Hash hash{};
};

Measured engine(const DeciderEngine& decider, const std::vector<std::string>& events) {
    Measured measured;
    for (std::size_t round = 0; round != rounds; ++round) {
        const auto state = decider.initial();
        Version version;
        measured.ns.push_back(timed(events, [&](const std::string& data) {
            EventView event;
            event.type = "Changed";
            event.data = data;
            event.metadata = "{}";
            event.version = version = version.next();
            const auto failed = state->evolve(event);
            check(!failed, failed ? *failed : "");
        }));
        measured.hash = hash_of(*state);
    }
    return measured;
}

Measured tree(bool fields, const std::vector<std::string>& events) {
    Measured measured;
    for (std::size_t round = 0; round != rounds; ++round) {
        TreeFold fold(fields);
        measured.ns.push_back(timed(events, [&](const std::string& data) { fold.evolve(data); }));
        measured.hash = fold.hash();
    }
    return measured;
}

std::shared_ptr<const DeciderEngine> lua(const char* source) {
    auto made = make_lua_engine(source);
    check(made.has_value(), "the Lua decider does not compile");
    return *made;
}

void report(const char* name, std::size_t members, const Measured& measured, const Measured& base) {
    check(measured.hash == base.hash, std::string(name) + " came to another state");
    fmt::print("{:<34} {:>7} {:>10.0f} {:>8.2f}\n", name, members, median(measured.ns),
               median(measured.ns) / median(base.ns));
}

int run(const Options& options) {
    fmt::print("deciders, {}\n{:<34} {:>7} {:>10} {:>8}\n", machine("."), "decider", "members",
               "ns/event", "of C++");
    const std::size_t count = options.smoke ? 2'000 : 200'000;
    for (const std::size_t members : {16, 300}) {
        std::mt19937_64 random(42);
        std::vector<std::string> whole;
        std::vector<std::string> fields;
        for (std::size_t i = 0; i != count; ++i) {
            whole.push_back(members_event(random, members));
            fields.push_back(fields_event(random, members));
        }
        const auto whole_tree = tree(false, whole);
        report("C++ tree, all members", members, whole_tree, whole_tree);
        report("merge_patch", members, engine(*make_merge_patch_engine(), whole), whole_tree);
        report("lua, all members by pairs", members, engine(*lua(lua_source), whole), whole_tree);
        const auto fields_tree = tree(true, fields);
        report("C++ tree, four fields", members, fields_tree, fields_tree);
        report("lua, four fields", members, engine(*lua(lua_fields_source), fields), fields_tree);
    }
    return 0;
}

}  // namespace

}  // namespace firn::perf

int main(int argc, char** argv) {
    return firn::perf::run(firn::perf::options(argc, argv));
}

// Equal events give equal states: in other processes, and however often the state was written out
// and read back in between.
#include "tests/actors/deciders/lua/sample_hashes.hpp"
#include "tests/actors/deciders/lua/sample_streams.hpp"
#include "tests/actors/deciders/lua/scripted_fold.hpp"
#include "tests/support/random.hpp"

#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace firn::test {

namespace {

// What the probe prints when it runs in the given environment.
std::vector<std::string> printed_by_probe(const std::string& environment) {
    const std::string command = "env -i " + environment + " " FIRN_LUA_PROBE;
    FILE* const pipe = ::popen(command.c_str(), "r");
    BOOST_REQUIRE(pipe != nullptr);
    std::vector<std::string> lines;
    std::string line;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
        if (c == '\n') {
            lines.push_back(std::move(line));
            line.clear();
        } else {
            line += static_cast<char>(c);
        }
    }
    BOOST_TEST(::pclose(pipe) == 0);
    return lines;
}

std::size_t events_of_all_samples() {
    std::size_t count = 0;
    for (const auto& stream : sample_streams()) {
        count += stream.events.size();
    }
    return count;
}

// A script that does to its state what its events say, step by step along a path of names and
// positions. Writing is what could make a live state differ from one that was read back.
constexpr const char* editor_script = R"lua(
initial = {}

local function at(state, path)
    local place = state
    for _, step in ipairs(path) do
        if type(place) ~= "table" then return nil end
        place = place[step]
    end
    return type(place) == "table" and place or nil
end

local edits = {}
function edits.set(place, d) place[d.name] = d.value end
function edits.push(place, d)
    if next(place) == nil or place[1] ~= nil then table.insert(place, d.value) end
end
function edits.pop(place) if place[1] ~= nil then table.remove(place) end end
function edits.shift(place) if place[1] ~= nil then table.remove(place, 1) end end
function edits.cut(place) if place[1] ~= nil then place[#place] = nil end end
function edits.clear(place) for name in pairs(place) do place[name] = nil end end
function edits.array(place) if next(place) == nil then json.array(place) end end
function edits.object(place) if next(place) == nil then json.object(place) end end
function edits.reverse(place)
    if place[1] ~= nil then
        local n = #place
        for i = 1, n // 2 do place[i], place[n - i + 1] = place[n - i + 1], place[i] end
    end
end
function edits.sort(place)
    if place[1] ~= nil then
        table.sort(place, function(a, b) return tostring(a) < tostring(b) end)
    end
end
function edits.count(place)
    local count, names = 0, ""
    for name in pairs(place) do count = count + 1 names = names .. tostring(name) .. "," end
    if place[1] == nil and next(place) ~= nil then place.seen = names .. count end
end
function edits.copy(place, d)
    if place[1] == nil and next(place) ~= nil then place[d.name] = json.copy(place[d.name]) end
end

function evolve(state, event)
    local d = event.data
    local place = at(state, d.path)
    if place == nil then return state end
    if d.edit == "set" and place[1] ~= nil then return state end
    edits[d.edit](place, d)
    return state
end
)lua";

constexpr std::array edit_names{"set",   "set",   "push",   "push",    "pop",  "shift", "cut",
                                "clear", "array", "object", "reverse", "sort", "count", "copy"};

std::string random_value(Random& random, int depth) {
    switch (random.below(depth > 0 ? 11 : 7)) {
        case 0: return "null";
        case 1: return std::to_string(random.below(10));
        case 2: return std::to_string(random.below(10)) + ".5";
        case 3: return "18446744073709551615";
        case 4: return "\"t" + std::to_string(random.below(5)) + "\"";
        case 5: return "[]";
        case 6: return "{}";
        case 7:
        case 8: return "[" + random_value(random, depth - 1) + "]";
        default:
            return "{\"a\":" + random_value(random, depth - 1) +
                   ",\"b\":" + random_value(random, depth - 1) + "}";
    }
}

std::string random_edit(Random& random) {
    std::string path;
    for (auto steps = random.below(4); steps > 0; --steps) {
        path += path.empty() ? "" : ",";
        path += random.percent(60)
                    ? "\"" + std::string(1, static_cast<char>('a' + random.below(3))) + "\""
                    : std::to_string(1 + random.below(2));
    }
    return R"({"path":[)" + path + R"(],"edit":")" + edit_names[random.below(edit_names.size())] +
           R"(","name":")" + std::string(1, static_cast<char>('a' + random.below(3))) +
           R"(","value":)" + random_value(random, 2) + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_sample_streams)

BOOST_AUTO_TEST_CASE(when_they_are_folded_in_other_processes_then_every_hash_is_the_same) {
    const auto hashes = sample_hashes();
    BOOST_REQUIRE(hashes.size() == events_of_all_samples());
    const std::string long_value(100'000, 'x');
    // Another environment moves the stack, and address randomisation moves all else.
    for (const std::string& environment :
         {std::string("A=1"), "LONG=" + long_value, std::string("LC_ALL=C.UTF-8 TZ=Asia/Tokyo"),
          std::string("MALLOC_ARENA_MAX=1 MALLOC_PERTURB_=85")}) {
        BOOST_TEST(printed_by_probe(environment) == hashes, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(when_the_state_is_written_and_restored_between_all_events_then_too) {
    for (const auto& stream : sample_streams()) {
        BOOST_TEST_CONTEXT(stream.name) {
            ScriptedFold live(stream.source);
            ScriptedFold restored(live);
            for (const auto& [type, data] : stream.events) {
                live.apply(data, type);
                restored.apply(data, type);
                BOOST_TEST(live.text() == restored.text());
                restored.write_and_restore();
            }
            BOOST_TEST(live.hash() == restored.hash());
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_vm_is_not_the_first_one_then_it_is_not_told_apart) {
    // Each VM has its own seed for the order of its tables.
    const auto hashes = sample_hashes();
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST(sample_hashes() == hashes, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_random_edits_of_a_state)

BOOST_AUTO_TEST_CASE(when_it_is_restored_between_some_of_them_then_it_stays_the_same) {
    auto random = Random::announced("edits of a lua state");
    int edits = 0;
    for (int run = 0; run < 60; ++run) {
        ScriptedFold live(editor_script);
        ScriptedFold restored(live);
        for (int i = 0; i < 150; ++i) {
            const auto edit = random_edit(random);
            live.apply(edit);
            restored.apply(edit);
            const auto text = live.text();
            BOOST_REQUIRE_MESSAGE(restored.text() == text,
                                  edit << ": " << restored.text() << " is not " << text);
            edits += text.size() > 2 ? 1 : 0;
            if (random.percent(30)) {
                restored.write_and_restore();
            }
        }
    }
    // The edits did something.
    BOOST_TEST(edits > 1000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

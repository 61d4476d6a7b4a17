#include "tests/actors/deciders/lua/sample_streams.hpp"

namespace firn::test {

const char* const file_history_script = R"lua(
initial = { changes = 0, added = 0, deleted = 0, lines = 0, authors = {}, different_authors = 0,
            last = json.null, recent = json.array() }

local recent_max = 3

local function remember(recent, commit)
    table.insert(recent, commit)
    if #recent > recent_max then table.remove(recent, 1) end
end

local on = {}

function on.LinesChanged(state, data)
    state.changes = state.changes + 1
    state.added = state.added + data.added
    state.deleted = state.deleted + data.deleted
    state.lines = state.lines + data.added - data.deleted
    if not state.authors[data.author] then
        state.authors[data.author] = 0
        state.different_authors = state.different_authors + 1
    end
    state.authors[data.author] = state.authors[data.author] + 1
    state.last = { commit = data.commit, author = data.author }
    remember(state.recent, data.commit)
end

function on.Removed(state, data)
    state.lines = 0
    state.removed = true
end

function evolve(state, event)
    local apply = on[event.type]
    if apply then apply(state, event.data) end
    return state
end
)lua";

const char* const account_script = R"lua(
initial = { balance = 0, open = false }

function evolve(state, event)
    if event.type == "Opened" then
        state.open = true
        state.owner = event.data.owner
    elseif event.type == "Deposited" then
        state.balance = state.balance + event.data.amount
    elseif event.type == "Withdrawn" then
        state.balance = state.balance - event.data.amount
    end
    return state
end

function decide(state, command)
    if command.type == "Open" then
        if state.open then reject("the account is open already") end
        return { { type = "Opened", data = { owner = command.data.owner } } }
    end
    if not state.open then reject("there is no such account") end
    local amount = command.data.amount
    if command.type == "Deposit" then
        if amount == 0 then return nil end
        return { { type = "Deposited", data = { amount = amount }, metadata = command.metadata } }
    elseif command.type == "Withdraw" then
        if amount > state.balance then
            reject(string.format("%d is more than the %d there are", amount, state.balance))
        end
        return { { type = "Withdrawn", data = { amount = amount } },
                 { type = "Noted", data = { left = state.balance - amount } } }
    end
    error("unknown command " .. command.type)
end
)lua";

namespace {

// Uses whatever could depend on the order of tables, on addresses or on the machine.
const char* const everything_script = R"lua(
initial = function() return { log = json.array(), sets = {}, numbers = {} } end

function evolve(state, event)
    local data = event.data
    for name, value in pairs(data) do
        local kind = type(value)
        state.sets[kind] = (state.sets[kind] or "") .. name .. ";"
        if kind == "number" then
            state.numbers[name] = { value, value / 3, value // 1, -value, tostring(value) .. "" }
        elseif kind == "table" then
            state[name] = value
            state.first = next(value)
        end
    end
    local keys = {}
    for key in pairs(state.numbers) do keys[#keys + 1] = key end
    table.sort(keys, function(a, b) return #a > #b end)
    state.keys = table.concat(keys, ",")
    table.insert(state.log, string.format("%s %d %.3f %s", event.type, event.version,
        math.sqrt(event.version), event.id:sub(1, 8)))
    if #state.log > 5 then table.remove(state.log, 1) end
    local ok, reason = pcall(function() return state.missing.field end)
    state.reason = reason
    state.at = event.recorded_at
    state.by = event.metadata.user
    return state
end
)lua";

// Makes arrays and objects full and empty and full again.
const char* const shapes_script = R"lua(
initial = { a = json.array(), o = {}, stack = json.array() }

function evolve(state, event)
    local d = event.data
    if d.push ~= nil then table.insert(state.stack, d.push) end
    if d.pop then table.remove(state.stack) end
    if d.take then state.stack[#state.stack] = nil end
    if d.set then state.o[d.set] = d.to end
    if d.unset then state.o[d.unset] = nil end
    if d.array then state.a = d.array end
    if d.wrap then state.a = { state.a } end
    return state
end
)lua";

std::vector<SampleEvent> changes_of_a_file() {
    std::vector<SampleEvent> events;
    for (int i = 0; i < 60; ++i) {
        const auto n = std::to_string(i);
        events.push_back({"LinesChanged", R"({"commit":"c)" + n + R"(","author":"author )" +
                                              std::to_string(i * 7 % 23) + R"(","added":)" + n +
                                              R"(,"deleted":)" + std::to_string(i / 3) + "}"});
    }
    events.push_back({"Ignored", "[]"});
    events.push_back({"Removed", "{}"});
    return events;
}

std::vector<SampleEvent> all_kinds_of_data() {
    std::vector<SampleEvent> events;
    for (int i = 0; i < 40; ++i) {
        std::string data = "{";
        for (int j = 0; j < i; ++j) {
            data += "\"name" + std::to_string(j * 37 % 101) + "-" + std::to_string(j) +
                    "\":" + std::to_string(j * 1.75) + ",";
        }
        data +=
            R"("big":18446744073709551615,"text":"a\u00e4\u20ac\ud83d\ude00\n","null":null,)"
            R"("list":[1,[],{},[null]],"inner":{"z":1,"a":{"b":2.0}},"tiny":1e-300,"yes":true})";
        events.push_back({"Seen", data});
    }
    return events;
}

std::vector<SampleEvent> changes_of_shape() {
    return {{"E", R"({"push":1})"},          {"E", R"({"push":{}})"},
            {"E", R"({"push":[]})"},         {"E", R"({"pop":true})"},
            {"E", R"({"pop":true})"},        {"E", R"({"pop":true})"},
            {"E", R"({"pop":true})"},        {"E", R"({"push":null})"},
            {"E", R"({"take":true})"},       {"E", R"({"push":[[1]]})"},
            {"E", R"({"set":"x","to":[]})"}, {"E", R"({"set":"y","to":{}})"},
            {"E", R"({"unset":"x"})"},       {"E", R"({"unset":"y"})"},
            {"E", R"({"array":[]})"},        {"E", R"({"wrap":true})"},
            {"E", R"({"wrap":true})"},       {"E", R"({"array":[1,2,3]})"},
            {"E", R"({"wrap":true})"},       {"E", R"({"pop":true})"}};
}

}  // namespace

std::vector<SampleStream> sample_streams() {
    return {
        {"file history", file_history_script, changes_of_a_file()},
        {"account",
         account_script,
         {{"Opened", R"({"owner":"ann"})"},
          {"Deposited", R"({"amount":9223372036854775807})"},
          {"Withdrawn", R"({"amount":0.5})"}}},
        {"everything", everything_script, all_kinds_of_data()},
        {"shapes", shapes_script, changes_of_shape()},
    };
}

}  // namespace firn::test

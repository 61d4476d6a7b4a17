// json_patch against a naive model, over random patches.
#include "actors/deciders/json_tree.hpp"
#include "actors/json/canonical.hpp"
#include "tests/actors/deciders/json_patch_folding.hpp"
#include "tests/support/random.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace firn {

namespace json = boost::json;

using test::JsonPatchFolding;
using test::parsed;

namespace {

// The operations as RFC 6902 words them: every step makes a new tree, nothing is shared with the
// engine but the parser.
namespace model {

using Tree = std::optional<json::value>;
using Tokens = std::vector<std::string>;

Tokens tokens_of(const std::string& pointer) {
    Tokens tokens;
    for (std::size_t begin = 1; begin <= pointer.size();) {
        const auto end = std::min(pointer.find('/', begin), pointer.size());
        tokens.push_back(pointer.substr(begin, end - begin));
        begin = end + 1;
    }
    return tokens;
}

// A list of (name, value); an array's names are its indices.
std::vector<std::pair<std::string, json::value>> children_of(const json::value& tree) {
    std::vector<std::pair<std::string, json::value>> children;
    if (tree.is_object()) {
        for (const auto& member : tree.get_object()) {
            children.emplace_back(member.key(), member.value());
        }
    } else if (tree.is_array()) {
        for (const auto& element : tree.get_array()) {
            children.emplace_back(std::to_string(children.size()), element);
        }
    }
    return children;
}

json::value rebuilt(const json::value& like,
                    const std::vector<std::pair<std::string, json::value>>& children) {
    if (like.is_object()) {
        json::object object;
        for (const auto& [name, value] : children) {
            object[name] = value;
        }
        return object;
    }
    json::array array;
    for (const auto& child : children) {
        array.push_back(child.second);
    }
    return array;
}

Tree get(const json::value& tree, Tokens tokens) {
    if (tokens.empty()) {
        return tree;
    }
    for (const auto& [name, value] : children_of(tree)) {
        if (name == tokens.front()) {
            return get(value, Tokens(tokens.begin() + 1, tokens.end()));
        }
    }
    return std::nullopt;
}

enum class Edit { add, remove };

Tree edited(const json::value& tree, Tokens tokens, Edit edit, const json::value& value) {
    if (tokens.empty()) {
        return edit == Edit::add ? Tree(value) : std::nullopt;
    }
    auto children = children_of(tree);
    auto at = std::find_if(children.begin(), children.end(),
                           [&](const auto& child) { return child.first == tokens.front(); });
    const bool found = at != children.end();
    if (tokens.size() > 1) {
        auto inner = found
                         ? edited(at->second, Tokens(tokens.begin() + 1, tokens.end()), edit, value)
                         : std::nullopt;
        if (!inner) {
            return std::nullopt;
        }
        at->second = *inner;
    } else if (edit == Edit::remove) {
        if (!found) {
            return std::nullopt;
        }
        children.erase(at);
    } else if (tree.is_object()) {
        children.emplace_back(tokens.front(), value);  // the later one counts
    } else if (tree.is_array() && (found || tokens.front() == "-" ||
                                   tokens.front() == std::to_string(children.size()))) {
        children.insert(at, {"", value});
    } else {
        return std::nullopt;
    }
    return rebuilt(tree, children);
}

Tree applied(const json::value& tree, const json::object& operation) {
    const auto text = [&](const char* name) { return std::string(operation.at(name).as_string()); };
    const auto op = text("op");
    const auto path = tokens_of(text("path"));
    const auto value = operation.contains("value") ? operation.at("value") : json::value();
    if (op == "add") {
        return edited(tree, path, Edit::add, value);
    }
    if (op == "remove") {
        return edited(tree, path, Edit::remove, value);
    }
    const auto there = get(tree, path);
    if (op == "test") {
        return there == Tree(value) ? Tree(tree) : std::nullopt;
    }
    if (op == "replace") {
        if (!there) {
            return std::nullopt;
        }
        const auto without = path.empty() ? Tree(tree) : edited(tree, path, Edit::remove, value);
        return edited(*without, path, Edit::add, value);
    }
    const auto from = tokens_of(text("from"));
    const auto source = get(tree, from);
    if (!source) {
        return std::nullopt;
    }
    if (op == "copy") {
        return edited(tree, path, Edit::add, *source);
    }
    if (from.size() < path.size() && std::equal(from.begin(), from.end(), path.begin())) {
        return std::nullopt;
    }
    if (from.empty()) {
        return tree;
    }
    const auto without = edited(tree, from, Edit::remove, value);
    return edited(*without, path, Edit::add, *source);
}

}  // namespace model

json::value random_value(test::Random& random, int depth) {
    switch (random.below(depth > 0 ? 6 : 3)) {
        case 0: return nullptr;
        case 1: return static_cast<std::int64_t>(random.below(5));
        case 2: return json::value(std::string(random.below(30), 'x'));
        case 3:
        case 4: {
            json::array array;
            for (auto n = random.below(4); n > 0; --n) {
                array.push_back(random_value(random, depth - 1));
            }
            return array;
        }
        default: {
            json::object object;
            for (auto n = random.below(4); n > 0; --n) {
                object[std::string(1, static_cast<char>('a' + random.below(5)))] =
                    random_value(random, depth - 1);
            }
            return object;
        }
    }
}

// Mostly a place that exists or could exist.
std::string random_path(test::Random& random, const json::value& tree) {
    std::string path;
    auto at = tree;
    while (random.percent(70)) {
        const auto children = model::children_of(at);
        if (children.empty() || random.percent(15)) {
            static const std::vector<std::string> odd{"a", "b", "new", "0", "1", "2", "-", "01"};
            return path + "/" + random.pick(odd);
        }
        const auto& child = random.pick(children);
        path += "/" + child.first;
        at = json::value(child.second);
    }
    return path;
}

json::object random_operation(test::Random& random, const json::value& tree) {
    static const std::vector<std::string> ops{"add",  "add",  "add",     "remove",
                                              "move", "copy", "replace", "test"};
    json::object operation{{"op", random.pick(ops)}, {"path", random_path(random, tree)}};
    operation["from"] = random_path(random, tree);
    const auto there =
        model::get(tree, model::tokens_of(std::string(operation["path"].as_string())));
    operation["value"] = there && random.percent(30) ? *there : random_value(random, 3);
    return operation;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_random_json_patches)

BOOST_AUTO_TEST_CASE(when_they_are_folded_then_state_and_refusals_are_the_naive_models) {
    auto random = test::Random::announced("JSON patches");
    int refused = 0;
    int applied = 0;
    for (int run = 0; run < 200; ++run) {
        JsonPatchFolding folding;
        json::value model = json::object{};
        for (int i = 0; i < 60; ++i) {
            model::Tree after = model;
            json::array patch;
            for (auto n = random.between(1, 3); n > 0 && after; --n) {
                patch.push_back(random_operation(random, *after));
                after = model::applied(*after, patch.back().get_object());
            }
            if (after && extent_of(*after).weight > 20'000) {
                break;
            }
            std::string data;
            write_json(data, patch);
            const auto reason = folding.evolve(data);
            BOOST_REQUIRE_MESSAGE(after.has_value() == (reason == nullptr),
                                  data << ": " << (reason ? *reason : "applied"));
            if (!after) {
                ++refused;
                std::string text;
                write_json(text, model);
                folding.restore(text);
                continue;
            }
            ++applied;
            model = std::move(*after);
            BOOST_REQUIRE_MESSAGE(parsed(folding.text()) == model, data << folding.text());
        }
    }
    // Both happen often, or the test says little.
    BOOST_TEST(refused > 200);
    BOOST_TEST(applied > 500);
}

BOOST_AUTO_TEST_CASE(when_a_state_is_written_and_restored_halfway_then_the_end_is_the_same) {
    auto random = test::Random::announced("JSON patches over a snapshot");
    for (int run = 0; run < 50; ++run) {
        JsonPatchFolding whole;
        JsonPatchFolding resumed;
        for (int i = 0; i < 60; ++i) {
            const auto tree = parsed(whole.text());
            const json::array patch{random_operation(random, tree)};
            if (!model::applied(tree, patch[0].get_object())) {
                continue;
            }
            std::string data;
            write_json(data, patch);
            whole.apply(data);
            resumed.apply(data);
            if (random.percent(30)) {
                const auto snapshot = resumed.text();
                resumed.restore(snapshot);
                BOOST_REQUIRE_EQUAL(resumed.text(), snapshot);
            }
            BOOST_REQUIRE_EQUAL(to_hex(state_hash(parsed(resumed.text()))),
                                to_hex(state_hash(parsed(whole.text()))));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

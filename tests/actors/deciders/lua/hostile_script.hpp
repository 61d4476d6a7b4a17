// Scripts that mean harm: whatever they do on an event "Attack", the same engine folds the next
// stream as ever.
// Thread: one at a time. Errors: what is not as it should be fails the test.
#pragma once

#include "tests/actors/deciders/lua/scripted_fold.hpp"

#include <string>
#include <string_view>

namespace firn::test {

// Small, so that bombs go off soon; the clock is far away, so that the other limits must do.
inline LuaLimits tight_limits() {
    auto limits = patient_limits();
    limits.memory_bytes_max = 16u << 20;
    limits.instructions_max = 2'000'000;
    return limits;
}

class HostileScript {
public:
    // `attack` is the body of a function of state and event; `before` runs when the script starts.
    explicit HostileScript(const std::string& attack, const std::string& before = "",
                           LuaLimits limits = tight_limits())
        : engine_(engine_of(before + R"lua(
              initial = { n = 0 }
              local function attack(state, event) )lua" +
                                attack + R"lua(
              end
              function evolve(state, event)
                  if event.type == "Attack" then
                      return attack(state, event)
                  end
                  state.n = state.n + 1
                  return state
              end)lua",
                            limits)) {}

    // The attack fails, and its text has `part`.
    void must_fail(std::string_view part) const {
        ScriptedFold fold(engine_);
        const auto reason = fold.failing(R"({"list":[1,2,3],"text":"abc"})", "Attack");
        BOOST_TEST(contains(reason, "evolve"), reason);
        BOOST_TEST(contains(reason, part), reason);
        check_text(reason);
        // Void, and says so.
        BOOST_TEST(contains(fold.failing("{}", "Other"), "void"));
        BOOST_TEST(contains(fold.why_not_written(), "void"));
        must_still_fold();
    }
    // The attack passes, but its state cannot be written.
    void must_not_be_written(std::string_view part) const {
        ScriptedFold fold(engine_);
        fold.apply(R"({"list":[1,2,3],"text":"abc"})", "Attack");
        const auto reason = fold.why_not_written();
        BOOST_TEST(contains(reason, part), reason);
        check_text(reason);
        must_still_fold();
    }
    // The attack does no harm: the state is `json` afterwards.
    void must_give(std::string_view json) const {
        ScriptedFold fold(engine_);
        fold.apply(R"({"list":[1,2,3],"text":"abc"})", "Attack");
        BOOST_TEST(fold.text() == json);
        must_still_fold();
    }

private:
    static void check_text(const std::string& reason) {
        BOOST_TEST(reason.size() < 1000u);
        BOOST_TEST(is_valid_utf8(reason));
        // An address.
        BOOST_TEST(!contains(reason, "0x"), reason);
    }
    void must_still_fold() const {
        ScriptedFold other(engine_);
        for (int i = 0; i < 3; ++i) {
            other.apply("{}");
        }
        BOOST_TEST(other.text() == R"({"n":3})");
    }

    Engine engine_;
};

}  // namespace firn::test

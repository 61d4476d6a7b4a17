// A service whose category has a declared decider, and short ways to compact and look.
// Thread: one. Errors: failed checks.
#pragma once

#include "actors/categories/category_registry.hpp"
#include "actors/compaction/compactions.hpp"
#include "tests/actors/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace firn::test {

inline CompactionOptions keeping(std::uint64_t events) {
    CompactionOptions options;
    options.keep_last = events;
    return options;
}
inline CompactionOptions up_to(std::uint64_t version) {
    CompactionOptions options;
    options.up_to_version = Version{version};
    return options;
}
inline CompactionOptions dry(CompactionOptions options) {
    options.dry_run = true;
    return options;
}

// What happens when a compaction reaches a step.
struct StepHooks {
    using Steps = std::map<std::string, std::function<void()>, std::less<>>;
    const std::shared_ptr<Steps> steps = std::make_shared<Steps>();
};

struct CompactionFixture : StepHooks, ServiceFixture {
    // Snapshots by policy are off unless a test wants them.
    explicit CompactionFixture(std::uint32_t every = 0)
        : ServiceFixture(config_of(steps, every)), every_(every) {
        declare({});
    }

    void declare(DeciderSpec spec) {
        CategorySettings settings;
        settings.decider = std::move(spec);
        const auto outcome = set_category(std::move(settings));
        BOOST_REQUIRE_MESSAGE(!outcome.error, outcome.error.message() + outcome.invalid.reason);
    }
    SettingsOutcome set_category(CategorySettings settings) {
        return run(service->set_category(name.category, std::move(settings)));
    }

    // Each changes one of ten members, so that every event counts for the state.
    void append_counted(int count) { append_counted_to(name, count); }
    void append_counted_to(const StreamName& stream, int count) {
        for (int i = 0; i != count; ++i) {
            ++appended_;
            const auto data = "{\"n\":" + std::to_string(appended_) + ",\"m" +
                              std::to_string(appended_ % 10) + "\":" + std::to_string(appended_) +
                              "}";
            const auto outcome =
                run(service->append({stream, Expected::any(), encode({patch(data)})}));
            BOOST_REQUIRE_MESSAGE(!outcome.error, outcome.error.message());
        }
    }

    result<Compactions::Report> begin(CompactionOptions options) {
        return run(service->compactions()->start(name, options));
    }
    CompactionReport compact(CompactionOptions options) {
        const auto begun =
            options.dry_run ? run(service->compactions()->dry_run(name, options)) : begin(options);
        BOOST_REQUIRE_MESSAGE(begun.has_value(), begun.error().message());
        return options.dry_run ? **begun : ended((*begun)->id);
    }
    // As it is when nothing more happens to it by itself.
    CompactionReport ended(const std::string& id) {
        for (;;) {
            const auto report = report_of(id);
            if (report.is_over() || report.status == CompactionStatus::awaiting_verification) {
                return report;
            }
            io.restart();
            io.run_one();
        }
    }
    CompactionReport report_of(const std::string& id) {
        const auto found = service->compactions()->find(id);
        BOOST_REQUIRE_MESSAGE(found.has_value(), "no report " + id);
        return *std::get<Compactions::Report>(*found);
    }
    CompactionRun run_ended(const std::string& id) {
        for (;;) {
            const auto found = service->compactions()->find(id);
            BOOST_REQUIRE(found.has_value());
            const auto& report = *std::get<Compactions::Run>(*found);
            if (report.is_over()) {
                return report;
            }
            io.restart();
            io.run_one();
        }
    }

    StreamFacts facts() {
        auto found = store->memory().facts(name);
        BOOST_REQUIRE_MESSAGE(found.has_value(), found.error().message());
        return *std::move(found);
    }
    std::vector<SnapshotKind> snapshot_kinds() {
        const auto list = store->memory().snapshots().list(name);
        BOOST_REQUIRE(list.has_value());
        std::vector<SnapshotKind> kinds;
        for (const auto& snapshot : *list) {
            kinds.push_back(snapshot.kind);
        }
        return kinds;
    }
    // Nothing was deleted, and nothing is left of the attempt.
    void require_untouched(std::uint64_t events) {
        BOOST_TEST(facts().first_version == Version{1});
        BOOST_TEST(facts().events == events);
        BOOST_TEST(snapshot_kinds().empty());
    }
    bool is_quarantined() { return service->compactions()->quarantine().find(name).has_value(); }

    // The same store under a new service.
    void restart() {
        service->stop();
        service.reset();
        service = std::make_unique<Service>(io.get_executor(), config_of(steps, every_),
                                            std::make_unique<ScriptedStore>(store));
    }
    void drop_actors() { restart(); }
    SubscriptionOutcome block(const std::string& subscription, SubscriptionSettings settings = {}) {
        settings.blocks_compaction = true;
        return run(service->set_subscription(subscription, std::move(settings)));
    }
    SubscriptionOutcome acknowledge(const std::string& subscription, std::uint64_t position) {
        return run(service->acknowledge(subscription, Position{position}));
    }

    // From within a step, where the context runs already: only poll() takes what was posted by the
    // handler around it.
    template <class Condition>
    void poll_until(const Condition& condition) {
        while (!condition()) {
            io.poll();
        }
    }
    // Once.
    void when(std::string step, std::function<void()> what) {
        (*steps)[std::move(step)] = std::move(what);
    }

    static ServiceConfig config_of(const std::shared_ptr<Steps>& steps, std::uint32_t every) {
        auto config = unhurried();
        config.snapshots.every = every;
        config.compaction.at_step = [steps](std::string_view step) {
            if (const auto found = steps->find(step); found != steps->end()) {
                const auto what = std::move(found->second);
                steps->erase(found);
                what();
            }
        };
        return config;
    }

private:
    const std::uint32_t every_;
    int appended_ = 0;
};

}  // namespace firn::test

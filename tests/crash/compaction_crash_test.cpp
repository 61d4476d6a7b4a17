// A process appends and compacts, and is killed: at every step of a compaction by name, and at
// random moments. Then every acknowledged event above the boundary is there, the states are what
// all events make of them, what was begun goes on or has failed with nothing lost, and a
// compaction that is asked for again comes to its end. Rounds: FIRN_CRASH_ROUNDS.
#include "actors/categories/category_registry.hpp"
#include "actors/compaction/compactions.hpp"
#include "storage/journaled/verify.hpp"
#include "tests/actors/service_fixture.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

using namespace firn;
using namespace firn::test;

namespace {

constexpr std::array steps{"planned",          "replayed",   "before the anchor",
                           "after the anchor", "verified",   "before the cut",
                           "after the cut",    "reclaiming", "reclaimed"};
const StreamName stream{"account", "42"};

// What event `version` changes: so that the state at any version is known.
TestEvent event_at(std::uint64_t version) {
    const auto number = std::to_string(version);
    return ServiceFixture::patch("{\"n\":" + number + ",\"m" + std::to_string(version % 10) +
                                 "\":" + number + "}");
}

std::string state_at(std::uint64_t version) {
    const auto engine = make_engine(DeciderSpec{}, {});
    const auto state = (*engine)->initial();
    for (std::uint64_t at = 1; at <= version; ++at) {
        const auto data = event_at(at).data;
        EventView event;
        event.version = Version{at};
        event.data = data;
        BOOST_REQUIRE(!state->evolve(event));
    }
    std::string text;
    BOOST_REQUIRE(!state->write_json(text));
    return text;
}

ServiceConfig config_in(const std::filesystem::path& directory) {
    ServiceConfig config;
    config.data = directory;
    config.snapshots.every = 7;
    config.store.segment_bytes = 8u << 20;
    config.store.map_bytes = 256u << 20;
    return config;
}

template <class T>
T wait_for(boost::asio::io_context& io, boost::asio::awaitable<T> call) {
    io.restart();
    return Pending<T>(io, std::move(call)).get();
}

CompactionOptions keeping(std::uint64_t events) {
    CompactionOptions options;
    options.keep_last = events;
    return options;
}

// Lives in the process that dies: appends and compacts until it does.
class Doomed {
public:
    Doomed(const std::filesystem::path& directory, std::string_view last_step, int out)
        : out_(out) {
        auto config = config_in(directory);
        config.compaction.at_step = [last_step](std::string_view step) {
            if (step == last_step) {
                ::kill(::getpid(), SIGKILL);
            }
        };
        service_.emplace(io_.get_executor(), config);
    }
    [[noreturn]] void run() {
        CategorySettings settings;
        settings.decider = DeciderSpec{};
        if (wait_for(io_, service_->set_category("account", std::move(settings))).error) {
            ::_exit(2);
        }
        for (;;) {
            append(10);
            const auto begun = wait_for(io_, service_->compactions()->start(stream, keeping(5)));
            if (begun) {
                append(3);  // beside it
                while (
                    !(*std::get<Compactions::Report>(*service_->compactions()->find((*begun)->id)))
                         .is_over()) {
                    io_.restart();
                    io_.run_one();
                }
            }
        }
    }

private:
    void append(int count) {
        for (int i = 0; i != count; ++i) {
            const auto head = service_->head_version(stream);
            const auto next = head ? head->value() + 1 : 0;
            const auto outcome = wait_for(
                io_, service_->append({stream, Expected::any(), encode({event_at(next)})}));
            if (outcome.error || ::write(out_, &next, sizeof(next)) != sizeof(next)) {
                ::_exit(3);
            }
        }
    }

    int out_;
    boost::asio::io_context io_{1};
    std::optional<Service> service_;
};

class GivenADoomedProcess {
public:
    // Killed at the step, or after so many acknowledged appends.
    void round(std::string_view last_step, std::uint64_t appends) {
        std::array<int, 2> pipe{};
        BOOST_REQUIRE(::pipe(pipe.data()) == 0);
        const auto child = ::fork();
        if (child == 0) {
            ::close(pipe[0]);
            try {
                Doomed(directory_.path(), last_step, pipe[1]).run();
            } catch (...) {
            }
            ::_exit(1);
        }
        ::close(pipe[1]);
        const auto hear = [&] {
            std::uint64_t version = 0;
            const bool heard = ::read(pipe[0], &version, sizeof(version)) == sizeof(version);
            acknowledged_ = heard ? version : acknowledged_;
            return heard;
        };
        for (std::uint64_t heard = 0; heard < appends && hear(); ++heard) {
        }
        if (last_step.empty()) {
            ::kill(child, SIGKILL);
        }
        while (hear()) {
        }
        ::close(pipe[0]);
        int status = 0;
        BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
        BOOST_TEST_REQUIRE(WIFSIGNALED(status), "it ended by itself, with " << status);
        check();
    }

private:
    void check() {
        boost::asio::io_context io{1};
        {
            Service service(io.get_executor(), config_in(directory_.path()));
            // What was begun goes on.
            for (const auto& any : service.compactions()->list({}).reports) {
                const auto id = std::get<Compactions::Report>(any)->id;
                while (
                    !std::get<Compactions::Report>(*service.compactions()->find(id))->is_over()) {
                    io.restart();
                    io.run_one();
                }
            }
            for (const auto& any : service.compactions()->list({}).reports) {
                const auto& report = *std::get<Compactions::Report>(any);
                BOOST_TEST((report.status == CompactionStatus::succeeded ||
                            report.status == CompactionStatus::skipped),
                           report.id << ": " << name_of(report.status) << ", " << report.reason);
            }
            const auto facts = service.store().facts(stream);
            BOOST_TEST_REQUIRE(facts.has_value());
            const auto head = facts->version.value();
            BOOST_TEST(head >= acknowledged_);
            BOOST_TEST(facts->events == head - facts->first_version.value() + 1);
            const auto state = wait_for(io, service.state(stream, std::nullopt));
            BOOST_TEST_REQUIRE(state.has_value());
            BOOST_TEST(*state->json == state_at(head));
            // Another one comes to its end.
            const auto begun = wait_for(io, service.compactions()->start(stream, keeping(5)));
            BOOST_TEST_REQUIRE(begun.has_value());
            while (!std::get<Compactions::Report>(*service.compactions()->find((*begun)->id))
                        ->is_over()) {
                io.restart();
                io.run_one();
            }
            BOOST_TEST(service.store().facts(stream)->events == std::min<std::uint64_t>(5, head));
            service.stop();
            io.restart();
            io.run();
        }
        const auto verified = verify_store(directory_.path());
        BOOST_TEST(verified.problem_count == 0u);
        for (const auto& problem : verified.problems) {
            BOOST_TEST_MESSAGE(problem);
        }
    }

    TemporaryDirectory directory_;
    std::uint64_t acknowledged_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_process_that_compacts, GivenADoomedProcess)

BOOST_AUTO_TEST_CASE(when_it_is_killed_at_any_step_then_nothing_is_lost_and_it_goes_on) {
    for (const auto* step : steps) {
        BOOST_TEST_CONTEXT("killed at: " << step) {
            round(step, UINT64_MAX);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_killed_at_random_moments_then_nothing_is_lost_and_it_goes_on) {
    const char* stated = std::getenv("FIRN_CRASH_ROUNDS");
    const auto rounds = stated ? std::strtoull(stated, nullptr, 10) : 5;
    auto random = Random::announced("compactions that are killed");
    for (std::uint64_t i = 0; i != rounds; ++i) {
        BOOST_TEST_CONTEXT("FIRN_TEST_SEED=" << random.seed() << ", round " << i + 1) {
            round("", random.between(1, 60));
        }
    }
    BOOST_TEST(rounds > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

// A process vacuums again and again while it appends, cuts, deletes and saves, and is killed at a
// random moment. Then the store opens, everything that it acknowledged is there, and the file that
// CURRENT names is the only one left. Rounds: FIRN_CRASH_ROUNDS.
#include "storage/journaled/verify.hpp"
#include "tests/storage/journaled/given_a_journaled_store.hpp"
#include "tests/support/answer.hpp"
#include "tests/support/random.hpp"
#include "tests/support/snapshot_builder.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

using namespace firn;
using namespace firn::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t streams_max = 60;

// What the process says about itself, in whole records: pipes keep small ones whole.
struct Said {
    enum class What : std::uint8_t { head, cutting, deleting, snapshot, switched } what{};
    std::uint64_t stream = 0;
    std::uint64_t version = 0;
};

// What a stream must look like: at least what was acknowledged; not more deleted than was asked.
struct Promised {
    std::uint64_t head = 0;
    std::uint64_t cut = 0;       // acknowledged or not: perhaps gone
    std::uint64_t snapshot = 0;  // acknowledged
    bool deleting = false;       // acknowledged or not
};

StreamName named(std::uint64_t number) {
    return {"crash", std::to_string(number)};
}

// Lives in the process that dies.
class Doomed {
public:
    Doomed(const JournaledConfig& config, std::uint64_t seed, int out)
        : random_(seed), out_(out), store_(open_journaled_store(config)) {}

    [[noreturn]] void run() {
        std::thread([this] { vacuum(); }).detach();
        for (;;) {
            step();
        }
    }

private:
    void vacuum() {
        for (std::uint64_t done = 1;; ++done) {
            const auto begun = store_->begin_vacuum();
            if (!begun) {
                ::_exit(2);
            }
            for (;;) {
                const auto progress = (*begun)->step(1ms);
                if (!progress) {
                    ::_exit(3);
                }
                if (progress->is_done()) {
                    break;
                }
            }
            say({Said::What::switched, done, 0});
        }
    }

    void step() {
        const auto number = random_.below(streams_max);
        const auto stream = named(number);
        const auto head = store_->head_version(stream);
        if (!head) {
            return;  // deleted
        }
        const auto dice = random_.below(100);
        if (*head == no_version || dice < 80) {
            append(number, stream);
        } else if (dice < 90) {
            const auto up_to = random_.between(1, head->value());
            say({Said::What::cutting, number, up_to});
            (void)store_->cut(stream, Version{up_to});
        } else if (dice < 99) {
            save(number, stream, head->value());
        } else if (random_.percent(20)) {
            say({Said::What::deleting, number, 0});
            const Transaction one[] = {transaction({deleting(stream)})};
            (void)store_->commit(one);
        }
    }
    void append(std::uint64_t number, const StreamName& stream) {
        const Transaction one[] = {transaction(
            {appending(stream, std::vector<TestEvent>(
                                   random_.between(1, 40),
                                   {.data = "{\"x\":\"" + std::string(100, 'x') + "\"}"}))})};
        const auto outcomes = store_->commit(one);
        if (!outcomes.front().error) {
            say({Said::What::head, number, outcomes.front().streams.front().version.value()});
        }
    }
    void save(std::uint64_t number, const StreamName& stream, std::uint64_t version) {
        const Answer answer;
        store_->snapshots().save(stream, snapshot_of({version}), 2, answer.done());
        if (!answer.wait()) {
            say({Said::What::snapshot, number, version});
        }
    }
    void say(const Said& said) const {
        if (::write(out_, &said, sizeof(said)) != sizeof(said)) {
            ::_exit(4);
        }
    }

    Random random_;
    int out_;
    std::unique_ptr<EventStore> store_;
};

class GivenADoomedProcess : public GivenADirectory {
public:
    GivenADoomedProcess() {
        config.segment_bytes = 1u << 20;
        config.pending_bytes_max = 256u << 10;
        config.map_bytes = 256u << 20;
        config.reclaim_in_background = true;
        config.report = {};
    }

    // One life and one death.
    void round(Random& random) {
        std::array<int, 2> pipe{};
        BOOST_REQUIRE(::pipe(pipe.data()) == 0);
        const auto seed = random.next();
        const auto child = ::fork();
        if (child == 0) {
            ::close(pipe[0]);
            try {
                Doomed(config, seed, pipe[1]).run();
            } catch (...) {
            }
            ::_exit(1);
        }
        ::close(pipe[1]);
        // So many records later, which is any moment of any vacuum.
        const auto last_words = random.between(5, 2000);
        for (std::uint64_t heard = 0; heard < last_words && hear(pipe[0]); ++heard) {
        }
        ::kill(child, SIGKILL);
        while (hear(pipe[0])) {
        }
        ::close(pipe[0]);
        int status = 0;
        BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
        BOOST_TEST_REQUIRE(WIFSIGNALED(status), "it ended by itself, with " << status);
        check();
    }
    [[nodiscard]] std::uint64_t switches() const noexcept { return switches_; }

private:
    bool hear(int in) {
        Said said;
        if (::read(in, &said, sizeof(said)) != sizeof(said)) {
            return false;
        }
        auto& promised = promised_[said.stream];
        switch (said.what) {
            case Said::What::head: promised.head = std::max(promised.head, said.version); break;
            case Said::What::cutting: promised.cut = std::max(promised.cut, said.version); break;
            case Said::What::deleting: promised.deleting = true; break;
            case Said::What::snapshot: promised.snapshot = said.version; break;
            case Said::What::switched: ++switches_; break;
        }
        return true;
    }

    void check() {
        const auto report = verify_store(path());
        for (const auto& problem : report.problems) {
            BOOST_ERROR(problem);
        }
        open();
        check_only_file();
        check_consistency();
        for (const auto& [number, promised] : promised_) {
            BOOST_TEST_CONTEXT("stream " << number) {
                check_stream(number, promised);
            }
        }
        // What was not acknowledged in time may be there: the next life builds on it.
        close();
    }
    void check_only_file() {
        std::set<std::string> files;
        for (const auto& file : fs::directory_iterator(path())) {
            const auto name = file.path().filename().string();
            if (name.starts_with("events-") && name.ends_with(".mdb")) {
                files.insert(name + '\n');
            }
        }
        BOOST_TEST_REQUIRE(files.size() == 1u);
        BOOST_TEST_REQUIRE(*files.begin() == text_of(path() / "CURRENT"));
    }
    void check_stream(std::uint64_t number, const Promised& promised) {
        const auto facts = store().facts(named(number));
        if (promised.head == 0 && !facts) {
            return;
        }
        BOOST_REQUIRE(facts.has_value());
        BOOST_TEST_REQUIRE((promised.deleting || !facts->deleted));
        if (facts->deleted) {
            return;
        }
        BOOST_TEST_REQUIRE(facts->version.value() >= promised.head);
        BOOST_TEST_REQUIRE(facts->first_version.value() <= promised.cut + 1);
        if (promised.snapshot >= promised.cut && promised.snapshot > 0) {
            const auto found = store().snapshots().find(named(number), Version{promised.snapshot});
            BOOST_TEST_REQUIRE((found && *found));
        }
    }

    std::map<std::uint64_t, Promised> promised_;
    std::uint64_t switches_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_process_that_vacuums, GivenADoomedProcess)

BOOST_AUTO_TEST_CASE(when_it_is_killed_again_and_again_then_one_good_file_is_left) {
    const char* stated = std::getenv("FIRN_CRASH_ROUNDS");
    const auto rounds = stated ? std::strtoull(stated, nullptr, 10) : 20;
    auto random = Random::announced("kills of a vacuum");
    for (std::uint64_t i = 0; i < rounds; ++i) {
        BOOST_TEST_CONTEXT("FIRN_TEST_SEED=" << random.seed() << ", round " << i + 1) {
            round(random);
        }
    }
    BOOST_TEST(rounds > 0u);
    BOOST_TEST_MESSAGE(switches() << " vacuums were done");
}

BOOST_AUTO_TEST_SUITE_END()

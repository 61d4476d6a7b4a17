// The seam between what is read from the store and what comes live: nothing twice, nothing missing,
// in order, whenever a reader starts and however often it is cut off and goes on.
#include "tests/support/journaled_under_test.hpp"
#include "tests/support/random.hpp"
#include "tests/support/served_store.hpp"
#include "tests/support/sse_client.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace firn::test {

namespace {

constexpr int appenders = 3;
constexpr int appends_each = 40;
constexpr int followers = 6;
constexpr char streams[][16] = {"order/1", "order/2", "bill/1"};

// What one appender sends, one after another: how many events to which stream.
struct Append {
    std::string stream;
    std::uint64_t events;
};

class Seam {
public:
    Seam(std::uint64_t seed, std::size_t live_bytes_max, std::unique_ptr<EventStore> store)
        : random_(seed), served_(config(live_bytes_max), std::move(store)) {
        for (auto& appends : plan_) {
            for (int i = 0; i != appends_each; ++i) {
                appends.push_back({streams[random_.below(3)], random_.between(1, 4)});
                total_ += appends.back().events;
                ordered_ += appends.back().stream == streams[0] ? appends.back().events : 0;
            }
        }
        served_.append(streams[0], R"({"type":"First"})");
        ++total_;
        ++ordered_;
    }

    // What the followers object to.
    std::vector<std::string> run() {
        std::vector<std::thread> threads;
        for (const auto& appends : plan_) {
            threads.emplace_back([&] { guarded([&] { append(appends); }); });
        }
        for (int i = 0; i != followers; ++i) {
            threads.emplace_back([this, i, random = Random(random_.next())]() mutable {
                guarded([&] {
                    i % 3 == 2 ? follow("/v1/streams/order/1/events", ordered_, random)
                               : follow("/v1/events", total_, random);
                });
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        return objections_;
    }

private:
    static HttpConfig config(std::size_t live_bytes_max) {
        HttpConfig config;
        config.limits.live_bytes_max = live_bytes_max;
        config.timeouts.heartbeat = std::chrono::milliseconds(5);
        return config;
    }

    template <class Act>
    void guarded(const Act& act) {
        try {
            act();
        } catch (const std::exception& error) {
            object(error.what());
        }
    }
    void object(std::string objection) {
        const std::lock_guard lock(mutex_);
        objections_.push_back(std::move(objection));
    }

    void append(const std::vector<Append>& appends) {
        HttpClient client(served_.port());
        for (const auto& [stream, events] : appends) {
            std::string body = R"({"events":[)";
            for (std::uint64_t i = 0; i != events; ++i) {
                body += i == 0 ? R"({"type":"A"})" : R"(,{"type":"A"})";
            }
            const auto reply = client.post("/v1/streams/" + stream + "/events", body + "]}");
            if (reply.status != 201) {
                object("an append answers " + reply.body);
                return;
            }
            appended_.fetch_add(events);
        }
    }

    // 1, 2, … last, over as many connections as it takes.
    void follow(const std::string& target, std::uint64_t last, Random& random) {
        const auto begin_at = random.below(total_ / 2);
        while (appended_.load() < begin_at && !has_objections()) {
            std::this_thread::yield();
        }
        std::uint64_t seen = 0;
        while (seen != last) {
            SseClient feed(served_.port(), target, std::to_string(seen));
            for (auto left = random.between(1, 60); left != 0 && seen != last; --left) {
                const auto place = feed.next_event().place();
                if (place != seen + 1) {
                    object(target + ": " + std::to_string(place) + " follows " +
                           std::to_string(seen));
                    return;
                }
                seen = place;
            }
        }
    }
    bool has_objections() {
        const std::lock_guard lock(mutex_);
        return !objections_.empty();
    }

    Random random_;
    ServedStore served_;
    std::vector<Append> plan_[appenders];
    std::uint64_t total_ = 0;
    std::uint64_t ordered_ = 0;  // of the one stream that is followed
    std::atomic<std::uint64_t> appended_{0};
    std::mutex mutex_;
    std::vector<std::string> objections_;
};

void check_seam(const char* purpose, std::size_t live_bytes_max,
                std::unique_ptr<EventStore> store) {
    const auto seed = Random::announced(purpose).seed();
    Seam seam(seed, live_bytes_max, std::move(store));
    for (const auto& objection : seam.run()) {
        BOOST_ERROR("seed " << seed << ": " << objection);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_appenders_and_followers_that_come_and_go)

BOOST_AUTO_TEST_CASE(when_much_is_kept_at_hand_then_each_sees_each_place_once_and_in_order) {
    check_seam("seam, much kept", 8u << 20, make_memory_store());
}

BOOST_AUTO_TEST_CASE(when_hardly_anything_is_kept_then_each_sees_each_place_once_and_in_order) {
    check_seam("seam, little kept", 1, make_memory_store());
}

BOOST_AUTO_TEST_CASE(when_the_store_is_on_disk_then_each_sees_each_place_once_and_in_order) {
    const TemporaryDirectory directory;
    JournaledConfig config;
    config.directory = directory.path();
    check_seam("seam, on disk", 4u << 10, open_journaled_store(std::move(config)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

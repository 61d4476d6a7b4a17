// A durable subscription is read and acknowledged while events are appended and the real program
// is killed at random moments: every event comes, in order, and an acknowledgement that was
// answered holds. Rounds: FIRN_CRASH_ROUNDS.
#include "tests/crash/appending_client.hpp"
#include "tests/crash/crash_rounds.hpp"
#include "tests/crash/subscriber.hpp"

#include <iostream>

using namespace firn;
using namespace firn::test;

namespace {

constexpr const char* followed = "followed";

CrashRun::Clients appending_clients(Random& random) {
    const std::vector<StreamName> streams = {
        {followed, "1"}, {followed, "2"}, {"beside", "1"}, {followed, "3"}, {"beside", "2"}};
    CrashRun::Clients clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<AppendingClient>(random.next(), streams));
    }
    return clients;
}

class SubscribedRun final : public CrashRun {
public:
    explicit SubscribedRun(Random& random)
        : CrashRun(random, appending_clients(random)), subscriber_(random.next(), followed) {}

private:
    void prepare(std::uint16_t port) override { subscriber_.subscribe(port); }
    void beside_clients(std::uint16_t port) override { subscriber_.read_until_gone(port); }
    void check_more(const HistoryCheck& history) const override {
        subscriber_.check_against(history);
    }
    void check_last(std::uint16_t port, const HistoryCheck& history) override {
        subscriber_.read_all(port);
        subscriber_.check_against(history);
        std::uint64_t events = 0;
        for (const auto& [stream, all] : history.streams()) {
            events += stream.category == followed ? all.size() : 0;
        }
        BOOST_TEST(subscriber_.dealt_with().size() == events);
        std::cout << events << " events came, and again " << subscriber_.came_again() << std::endl;
    }

    Subscriber subscriber_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_subscription_of_the_program)

BOOST_AUTO_TEST_CASE(when_it_is_killed_again_and_again_then_every_event_comes_in_order) {
    crash_again_and_again<SubscribedRun>("a subscription across crashes",
                                         FIRN_CRASH_ROUNDS_DEFAULT);
}

BOOST_AUTO_TEST_SUITE_END()

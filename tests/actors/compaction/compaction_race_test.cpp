// Whoever sees that a compaction is over may begin the next one at once.
#include "actors/compaction/compactions.hpp"
#include "tests/actors/two_threads.hpp"
#include "tests/support/event_builder.hpp"
#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <variant>

using namespace firn;
using namespace firn::test;
using boost::asio::awaitable;

namespace {

constexpr int rounds = 200;
const StreamName stream{"account", "1"};

// Looks without a pause, while the other thread compacts.
void look_until_over(const Compactions& compactions, const std::string& id) {
    const auto is_over = [&] {
        return std::visit([](const auto& report) { return report->is_over(); },
                          compactions.find(id).value());
    };
    while (!is_over()) {
    }
}

CompactionOptions keeping_more_than_there_is() {
    CompactionOptions options;
    options.keep_last = 10;
    return options;
}

awaitable<void> declare_and_append(Service& service) {
    CategorySettings settings;
    settings.decider = DeciderSpec{};
    const auto declared = co_await service.set_category(stream.category, std::move(settings));
    BOOST_TEST(!declared.error);
    AppendRequest request(stream, Expected::none(), encode(std::vector<TestEvent>(3)));
    const auto appended = co_await service.append(std::move(request));
    BOOST_TEST(!appended.error);
}

awaitable<std::string> begin_one(Compactions& compactions) {
    const auto begun = co_await compactions.start(stream, keeping_more_than_there_is());
    co_return begun.value()->id;
}

awaitable<std::string> begin_run(Compactions& compactions) {
    const auto begun =
        co_await compactions.start_run(stream.category, keeping_more_than_there_is());
    co_return begun.value()->id;
}

awaitable<void> again_and_again(Service& service, awaitable<std::string> (*begin)(Compactions&),
                                int& different) {
    co_await declare_and_append(service);
    const auto compactions = service.compactions();
    std::string last;
    for (int i = 0; i != rounds; ++i) {
        const auto id = co_await begin(*compactions);
        different += id != last ? 1 : 0;
        last = id;
        look_until_over(*compactions, id);
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_two_threads, TwoThreads)

BOOST_AUTO_TEST_CASE(when_a_compaction_is_seen_to_be_over_then_the_next_one_is_another) {
    int different = 0;
    spawn(again_and_again(service, begin_one, different));
    run();
    BOOST_TEST(different == rounds);
}

BOOST_AUTO_TEST_CASE(when_a_run_is_seen_to_be_over_then_the_next_one_is_another) {
    int different = 0;
    spawn(again_and_again(service, begin_run, different));
    run();
    BOOST_TEST(different == rounds);
}

BOOST_AUTO_TEST_SUITE_END()

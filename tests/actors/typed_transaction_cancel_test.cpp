// Decisions over several streams that nobody waits for any more.
#include "tests/actors/transferring.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

using namespace firn;
using namespace firn::test;
using boost::asio::awaitable;

namespace {

// A call that can be cancelled.
struct Cancellable {
    using Answer = TransactResult<Overdrawn>;

    Cancellable(boost::asio::io_context& context, awaitable<Answer> call) : io(context) {
        boost::asio::co_spawn(io, std::move(call),
                              boost::asio::bind_cancellation_slot(
                                  signal.slot(), [this](std::exception_ptr failure, Answer given) {
                                      BOOST_TEST(!failure);
                                      answer.emplace(std::move(given));
                                  }));
    }
    Answer cancel() {
        signal.emit(boost::asio::cancellation_type::terminal);
        io.restart();
        while (!answer) {
            io.run_one();
        }
        return *answer;
    }

    boost::asio::io_context& io;
    boost::asio::cancellation_signal signal;
    std::optional<Answer> answer;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_decision_under_way, Disturbed)

BOOST_AUTO_TEST_CASE(when_it_is_cancelled_while_it_waits_then_it_ends_and_nothing_was_committed) {
    RetryPolicy policy;
    policy.first_backoff = policy.longest_backoff = std::chrono::hours{1};
    policy.jitter = 0;
    const auto disturbed = transfer(1);
    Cancellable call(io, execute(*service, disturbed, {}, policy));
    // Answers come in the order of commits: once another append is answered that came after the
    // conflict, the decision waits.
    while (service->stats().conflicts == 0) {
        append({{.type = "Happened"}});
    }
    append({{.type = "Happened"}});
    BOOST_REQUIRE(!call.answer);
    const auto ended = call.cancel();
    BOOST_REQUIRE(!ended);
    BOOST_TEST(ended.error().error == boost::asio::error::operation_aborted);
    BOOST_TEST(ended.error().reason.find("nothing was committed") != std::string::npos);
    BOOST_TEST(ended.error().conflicts.size() == 1u);
    BOOST_TEST(decisions == 1);
    BOOST_TEST(balance("2") == 100);
}

BOOST_AUTO_TEST_CASE(when_it_is_cancelled_during_the_commit_then_it_ends_and_the_commit_goes_on) {
    const auto undisturbed = transfer(0);
    store->hold();
    Cancellable call(io, execute(*service, undisturbed));
    while (service->stats().queue_waiting == 0) {
        io.restart();
        io.poll();
    }
    BOOST_REQUIRE(!call.answer);
    const auto ended = call.cancel();
    BOOST_REQUIRE(!ended);
    BOOST_TEST(ended.error().error == boost::asio::error::operation_aborted);
    BOOST_TEST(ended.error().reason == "");
    store->release();
    append({{.type = "Happened"}});
    BOOST_TEST(balance("1") == 70);
    BOOST_TEST(balance("2") == 130);
}

BOOST_AUTO_TEST_SUITE_END()

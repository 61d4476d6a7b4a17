#include "service/cli/import/import_run.hpp"
#include "actors/service.hpp"
#include "service/cli/exit_code.hpp"
#include "service/routes/http_frontend.hpp"
#include "storage/memory/memory_store.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <thread>

namespace firn::cli {
namespace {

// A whole server in this process, over the memory store.
class RunningServer {
public:
    explicit RunningServer(ServiceConfig config = {})
        : service_(io_.get_executor(), config, make_memory_store()),
          http_(io_.get_executor(), on_any_port(), service_, log_) {
        http_.start();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~RunningServer() {
        boost::asio::co_spawn(io_, stop(), boost::asio::use_future).get();
        io_.stop();
        thread_.join();
    }

    [[nodiscard]] ServerUrl url() const {
        return parse_server_url("http://127.0.0.1:" + std::to_string(http_.port()));
    }
    [[nodiscard]] const EventStore& store() const { return service_.store(); }

private:
    static HttpConfig on_any_port() {
        HttpConfig config;
        config.port = 0;
        return config;
    }
    boost::asio::awaitable<void> stop() {
        co_await http_.async_stop();
        co_await service_.async_stop();
    }

    const Log log_{LogLevel::off};
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        io_.get_executor()};
    Service service_;
    HttpFrontend http_;
    std::thread thread_;
};

std::string line(int stream, int n) {
    return "{\"stream\":\"s" + std::to_string(stream) +
           "\",\"type\":\"T\",\"data\":{\"n\":" + std::to_string(n) + "}}\n";
}

// Streams 0 to 9: stream k has 10 k events, interleaved.
std::string interleaved() {
    std::string text;
    for (int n = 1; n <= 90; ++n) {
        for (int stream = 0; stream < 10; ++stream) {
            if (n <= 10 * stream) {
                text += line(stream, n);
            }
        }
    }
    return text;
}

struct Imports {
    test::TemporaryDirectory directory;
    RunningServer server;
    ImportConfig config = [this] {
        ImportConfig made;
        made.server = server.url();
        made.category = "c";
        made.fields.id = "stream";
        made.connections = 4;
        made.window_bytes = 2000;  // many windows
        made.sending_bytes = 4000;
        return made;
    }();

    void import(const std::string& text, ImportCounters& counters) {
        const auto path = (directory.path() / "input").string();
        std::ofstream(path, std::ios::binary) << text;
        InputText input(path);
        run_import(config, input, counters);
    }
    std::string refusal_of(const std::string& text) {
        try {
            ImportCounters counters;
            import(text, counters);
        } catch (const CommandFailure& failure) {
            return failure.what();
        }
        return "(none)";
    }
    // "1 2 3": the data of a stream's events, in order.
    std::string numbers_in(const std::string& id) const {
        const auto page = server.store().read({"c", id}, {.limit = 10'000});
        std::string numbers;
        if (page) {
            for (const auto& event : page->events) {
                numbers += std::string(event.data.substr(5, event.data.size() - 6)) + " ";
            }
        }
        return numbers;
    }
    void check_all_streams() const {
        for (int stream = 0; stream < 10; ++stream) {
            std::string expected;
            for (int n = 1; n <= 10 * stream; ++n) {
                expected += std::to_string(n) + " ";
            }
            BOOST_TEST(numbers_in("s" + std::to_string(stream)) == expected);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_server_and_a_file_of_events, Imports)

BOOST_AUTO_TEST_CASE(when_it_is_imported_then_every_stream_has_its_events_in_order) {
    ImportCounters counters;
    import(interleaved(), counters);
    check_all_streams();
    BOOST_TEST(counters.read == 450u);
    BOOST_TEST(counters.appended == 450u);
    BOOST_TEST(counters.skipped == 0u);
    BOOST_TEST(counters.streams == 9u);
}

BOOST_AUTO_TEST_CASE(when_it_is_imported_again_then_nothing_is_appended) {
    ImportCounters first;
    import(interleaved(), first);
    ImportCounters second;
    import(interleaved(), second);
    BOOST_TEST(second.appended == 0u);
    BOOST_TEST(second.skipped == 450u);
    check_all_streams();
}

BOOST_AUTO_TEST_CASE(when_an_import_was_cut_short_then_the_next_one_completes_it) {
    const auto whole = interleaved();
    const auto cut = whole.find('\n', whole.size() * 9 / 10) + 1;
    ImportCounters first;
    import(whole.substr(0, cut), first);
    ImportCounters second;
    import(whole, second);
    BOOST_TEST(first.appended + second.appended == 450u);
    BOOST_TEST(second.skipped == first.appended.load());
    check_all_streams();
}

BOOST_AUTO_TEST_CASE(when_a_stream_holds_something_else_then_the_import_ends_and_says_where) {
    ImportCounters counters;
    import(line(1, 7), counters);
    const auto sentence = refusal_of(line(1, 8));
    BOOST_TEST(sentence.find("c/s1 holds something else") != std::string::npos);
    BOOST_TEST(numbers_in("s1") == "7 ");
}

BOOST_AUTO_TEST_CASE(when_a_line_is_bad_then_it_is_named_and_those_before_it_are_kept) {
    const auto sentence = refusal_of(line(1, 1) + line(1, 2) + "{oops\n" + line(1, 3));
    BOOST_TEST(sentence.find("line 3") != std::string::npos);
    BOOST_TEST(numbers_in("s1") == "1 2 ");
}

BOOST_AUTO_TEST_CASE(when_the_server_refuses_an_event_then_its_line_is_named) {
    const auto sentence =
        refusal_of(line(1, 1) + "{\"stream\":\"s1\",\"type\":\"$reserved\",\"data\":{\"n\":2}}\n");
    BOOST_TEST(sentence.find("line 2") != std::string::npos);
    BOOST_TEST(numbers_in("s1").empty());
}

BOOST_AUTO_TEST_CASE(when_members_are_left_out_then_it_warns_once) {
    std::vector<std::string> warnings;
    config.warn = [&](std::string_view sentence) { warnings.emplace_back(sentence); };
    ImportCounters counters;
    import(
        "{\"stream\":\"s\",\"type\":\"T\",\"data\":{\"n\":1},\"at\":1}\n"
        "{\"stream\":\"s\",\"type\":\"T\",\"data\":{\"n\":2},\"at\":1}\n",
        counters);
    BOOST_REQUIRE(warnings.size() == 1u);
    BOOST_TEST(warnings[0].find("\"at\"") != std::string::npos);
    BOOST_TEST(counters.appended == 2u);
}

BOOST_AUTO_TEST_CASE(when_nobody_listens_then_the_import_ends) {
    config.server.port = "1";
    BOOST_TEST(refusal_of(line(1, 1)).find("cannot be reached") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli

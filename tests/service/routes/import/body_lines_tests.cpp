#include "service/routes/import/body_lines.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <deque>

namespace firn {

namespace asio = boost::asio;

namespace {

// A body that comes in these pieces; an empty one is a wait that was in vain.
class Pieces final : public BodyReader {
public:
    explicit Pieces(std::deque<std::string> pieces, bool breaks)
        : pieces_(std::move(pieces)), breaks_(breaks) {}

    asio::awaitable<Came> read(std::string& out, std::chrono::steady_clock::time_point) override {
        if (pieces_.empty()) {
            co_return breaks_ ? Came::broken : Came::end;
        }
        const auto piece = std::move(pieces_.front());
        pieces_.pop_front();
        out.append(piece);
        co_return piece.empty() ? Came::nothing : Came::piece;
    }
    std::string_view why() const noexcept override { return "It broke."; }

private:
    std::deque<std::string> pieces_;
    const bool breaks_;
};

struct Seen {
    std::string text;  // "1:line|" for each; "." where nothing came in time; ends with "end" or why
};

// Both outlive it.
asio::awaitable<void> walk(BodyLines& lines, Seen& seen) {
    for (;;) {
        while (const auto line = lines.next()) {
            seen.text += std::to_string(lines.number()) + ":" + std::string(*line) + "|";
        }
        const auto filled = co_await lines.fill({});
        if (filled == BodyLines::Filled::nothing) {
            seen.text += ".";
        } else if (filled == BodyLines::Filled::end) {
            seen.text += lines.problem() ? lines.problem()->detail() : "end";
            BOOST_CHECK(!lines.next());
            co_return;
        }
    }
}

std::string walked(std::deque<std::string> pieces, bool breaks = false, std::size_t most = 20) {
    Pieces reader(std::move(pieces), breaks);
    BodyLines lines(reader, make_plain_decoder(), most);
    Seen seen;
    asio::io_context io;
    asio::co_spawn(io, walk(lines, seen), [](std::exception_ptr failure) {
        if (failure) {
            std::rethrow_exception(failure);
        }
    });
    io.run();
    return seen.text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_body_in_pieces)

BOOST_AUTO_TEST_CASE(when_lines_are_walked_then_pieces_do_not_matter) {
    BOOST_TEST(walked({"a\nb\n"}) == "1:a|2:b|end");
    BOOST_TEST(walked({"a", "\n", "b", "c\nd\n"}) == "1:a|2:bc|3:d|end");
    BOOST_TEST(walked({}) == "end");
}

BOOST_AUTO_TEST_CASE(when_lines_are_blank_then_they_count_but_do_not_come) {
    BOOST_TEST(walked({"\n\r\n", "a\n \t\n\n", "b\r\n"}) == "3:a|6:b\r|end");
    BOOST_TEST(walked({"\n", "\n"}) == "end");
    BOOST_TEST(walked({"  "}) == "end");
}

BOOST_AUTO_TEST_CASE(when_the_last_line_has_no_end_then_it_comes_once_the_body_is_complete) {
    BOOST_TEST(walked({"a\nb", "c"}) == "1:a|2:bc|end");
    BOOST_TEST(walked({"a\nb", "c"}, true) == "1:a|It broke.");
}

BOOST_AUTO_TEST_CASE(when_nothing_comes_in_time_then_it_goes_on_later) {
    BOOST_TEST(walked({"", "a", "", "b\n", ""}) == "..1:ab|.end");
}

BOOST_AUTO_TEST_CASE(when_a_line_is_too_long_then_those_before_it_come) {
    const std::string fits(20, 'x');
    BOOST_TEST(walked({fits + "\n" + fits}) == "1:" + fits + "|2:" + fits + "|end");
    BOOST_TEST(walked({"a\n" + fits + "x\nb\n"}) == "1:a|Line 2 has more than 20 bytes.");
    BOOST_TEST(walked({"a\n" + fits, "x", "y"}, true) == "1:a|Line 2 has more than 20 bytes.");
    BOOST_TEST(walked({fits + "x"}) == "Line 1 has more than 20 bytes.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn

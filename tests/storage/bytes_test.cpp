// Integers and varints in byte strings, and a reader that survives any bytes.
#include "storage/bytes.hpp"
#include "tests/support/random.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <memory>
#include <vector>

using namespace firn;
using firn::test::Random;

namespace {

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

// Around every power of two, where lengths change.
std::vector<std::uint64_t> edges() {
    std::vector<std::uint64_t> values{0, largest};
    for (unsigned bit = 0; bit < 64; ++bit) {
        const auto power = std::uint64_t{1} << bit;
        values.insert(values.end(), {power - 1, power, power + 1});
    }
    return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_numbers)

BOOST_AUTO_TEST_CASE(when_written_and_read_then_they_are_the_same) {
    for (const auto value : edges()) {
        std::string out;
        put_varint(out, value);
        BOOST_TEST((out.size() >= 1 && out.size() <= 10));
        put_int(out, value);
        put_big_endian(out, value);
        put_int(out, static_cast<std::uint16_t>(value));
        ByteReader in(out);
        BOOST_TEST(in.take_varint() == value);
        BOOST_TEST(in.take_int<std::uint64_t>() == value);
        BOOST_TEST(in.take_big_endian() == value);
        BOOST_TEST(in.take_int<std::uint16_t>() == static_cast<std::uint16_t>(value));
        BOOST_TEST((in.ok() && in.at_end()));
    }
}

BOOST_AUTO_TEST_CASE(when_written_then_the_bytes_are_those_of_the_format) {
    std::string out;
    put_int(out, std::uint32_t{0x01020304});
    put_big_endian(out, 0x0102030405060708);
    put_varint(out, 300);
    BOOST_TEST(out == std::string("\4\3\2\1\1\2\3\4\5\6\7\10\xac\2", 14));
}

BOOST_AUTO_TEST_CASE(when_written_big_endian_then_bytes_order_as_numbers) {
    auto values = edges();
    Random random(7);
    for (int i = 0; i < 1000; ++i) {
        const auto a = values[random.below(values.size())];
        const auto b = values[random.below(values.size())];
        std::string left;
        std::string right;
        put_big_endian(left, a);
        put_big_endian(right, b);
        BOOST_TEST((left < right) == (a < b));
    }
}

BOOST_AUTO_TEST_CASE(when_folded_by_zigzag_then_they_come_back_and_small_ones_are_small) {
    for (const auto value : edges()) {
        const auto number = static_cast<std::int64_t>(value);
        BOOST_TEST(unzigzag(zigzag(number)) == number);
    }
    BOOST_TEST(zigzag(0) == 0u);
    BOOST_TEST(zigzag(-1) == 1u);
    BOOST_TEST(zigzag(1) == 2u);
    BOOST_TEST(zigzag(std::numeric_limits<std::int64_t>::min()) == largest);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_reader_that_runs_out)

BOOST_AUTO_TEST_CASE(when_asked_for_more_than_is_left_then_it_is_not_ok_and_gives_nothing) {
    ByteReader in("abc");
    BOOST_TEST(in.take_int<std::uint32_t>() == 0u);
    BOOST_TEST(!in.ok());
    BOOST_TEST(in.take(1).empty());
    BOOST_TEST(in.take_varint() == 0u);
    BOOST_TEST(!in.ok());
}

BOOST_AUTO_TEST_CASE(when_a_frame_says_it_is_longer_than_the_rest_then_it_is_refused) {
    for (const std::uint64_t size : {std::uint64_t{4}, largest, largest - 1}) {
        std::string out;
        put_varint(out, size);
        out += "abc";
        ByteReader in(out);
        BOOST_TEST(in.take_framed().empty());
        BOOST_TEST(!in.ok());
    }
}

BOOST_AUTO_TEST_CASE(when_a_varint_never_ends_or_is_cut_then_it_is_refused) {
    for (const std::size_t size : {0u, 1u, 9u, 10u, 11u, 100u}) {
        const std::string out(size, '\x80');
        ByteReader in(out);
        BOOST_TEST(in.take_varint() == 0u);
        BOOST_TEST(!in.ok());
    }
}

BOOST_AUTO_TEST_CASE(when_the_bytes_are_random_then_it_never_reads_past_their_end) {
    auto random = Random::announced("random bytes");
    for (int round = 0; round < 20'000; ++round) {
        // On the heap and of exact size, so that the address sanitizer sees a step too far.
        const auto size = random.below(40);
        const auto raw = std::make_unique<char[]>(size);
        for (std::size_t i = 0; i < size; ++i) {
            raw[i] = static_cast<char>(random.below(256));
        }
        ByteReader in({raw.get(), size});
        std::size_t taken = 0;
        while (in.ok() && !in.at_end()) {
            const auto before = in.rest().size();
            switch (random.below(5)) {
                case 0: in.take_varint(); break;
                case 1: in.take_framed(); break;
                case 2: in.take_int<std::uint64_t>(); break;
                case 3: in.take(random.below(10)); break;
                default: in.take_int<std::uint8_t>(); break;
            }
            BOOST_REQUIRE(in.rest().size() <= before);
            taken += before - in.rest().size();
        }
        BOOST_REQUIRE(taken <= size);
    }
}

BOOST_AUTO_TEST_SUITE_END()

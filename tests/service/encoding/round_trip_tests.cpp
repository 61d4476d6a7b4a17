#include "tests/support/import_exchange.hpp"
#include "tests/support/random.hpp"

#include <zstd.h>

namespace firn::test {

namespace {

std::string random_text(Random& random) {
    std::string text;
    const auto lines = random.below(3'000);
    for (std::size_t i = 0; i != lines; ++i) {
        text += random.percent(90) ? "{\"n\":" + std::to_string(i) + "}\n"
                                   : random.bytes(random.below(200));
    }
    return text;
}

// In pieces of any size, those of none included.
std::string encoded_in_pieces(std::string_view text, ContentEncoding encoding, Random& random) {
    std::string bytes;
    const auto encoder = make_encoder(encoding);
    while (!text.empty()) {
        const auto piece = text.substr(0, random.below(20'000));
        encoder->encode(piece, bytes);
        text.remove_prefix(piece.size());
    }
    encoder->finish(bytes);
    return bytes;
}

std::string decoded_in_pieces(std::string_view bytes, ContentEncoding encoding, Random& random) {
    std::string text;
    std::string waiting;
    std::string room(random.between(1, 5'000), '\0');
    const auto decoder = make_decoder(encoding);
    for (;;) {
        const auto [consumed, produced] = decoder->decode(waiting, room);
        waiting.erase(0, consumed);
        text.append(room, 0, produced);
        if (consumed == 0 && produced == 0) {
            if (bytes.empty()) {
                break;
            }
            const auto piece = bytes.substr(0, random.between(1, 3'000));
            waiting.append(piece);
            bytes.remove_prefix(piece.size());
        }
    }
    BOOST_TEST(waiting.empty());
    BOOST_TEST(decoder->may_end());
    return text;
}

// A frame that refers 2^window_log bytes back; more text than that, else zstd would ask for less.
std::string zstd_frame(int window_log) {
    ZSTD_CCtx* const context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    const std::string text((std::size_t{2} << window_log) + 1, ' ');
    std::string bytes(ZSTD_compressBound(text.size()), '\0');
    bytes.resize(ZSTD_compress2(context, bytes.data(), bytes.size(), text.data(), text.size()));
    ZSTD_freeCCtx(context);
    return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_text_that_is_encoded)

BOOST_AUTO_TEST_CASE(when_it_is_decoded_again_then_it_is_the_same_whatever_the_pieces) {
    auto random = Random::announced("encodings");
    for (int round = 0; round != 30; ++round) {
        const auto text = random_text(random);
        for (const auto encoding : encodings) {
            const auto bytes = encoded_in_pieces(text, encoding, random);
            BOOST_CHECK(decoded_in_pieces(bytes, encoding, random) == text);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_archives_follow_each_other_then_they_read_as_one_text) {
    for (const auto encoding : encodings) {
        const auto bytes =
            encoded("one, ", encoding) + encoded("", encoding) + encoded("two", encoding);
        BOOST_TEST(decoded(bytes, encoding) == "one, two", encoding);
    }
}

BOOST_AUTO_TEST_CASE(when_the_end_is_cut_off_then_it_may_not_end_there) {
    auto random = Random::announced("cut encodings");
    const auto text = random_text(random) + "x";
    for (const auto encoding : {ContentEncoding::gzip, ContentEncoding::zstd}) {
        const auto bytes = encoded(text, encoding);
        for (int round = 0; round != 50; ++round) {
            const auto cut = bytes.substr(0, random.below(bytes.size()));
            BOOST_CHECK_THROW(static_cast<void>(decoded(cut, encoding)), DamagedEncoding);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_byte_is_changed_then_it_is_not_taken_for_another_text) {
    auto random = Random::announced("damaged encodings");
    const auto text = random_text(random) + "x";
    for (const auto encoding : {ContentEncoding::gzip, ContentEncoding::zstd}) {
        for (int round = 0; round != 100; ++round) {
            auto bytes = encoded(text, encoding);
            bytes[random.below(bytes.size())] ^= static_cast<char>(random.between(1, 255));
            try {
                // Some bits mean nothing, such as the operating system in gzip's head.
                BOOST_CHECK(decoded(bytes, encoding) == text);
            } catch (const DamagedEncoding& damage) {
                BOOST_TEST(std::string(damage.what()).size() > 10u);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(when_a_stranger_s_frame_asks_for_much_memory_then_it_is_refused) {
    BOOST_TEST(decoded(zstd_frame(23), ContentEncoding::zstd).size() == (16u << 20) + 1);
    BOOST_CHECK_THROW(static_cast<void>(decoded(zstd_frame(24), ContentEncoding::zstd)),
                      DamagedEncoding);
    std::string room(1000, '\0');
    BOOST_TEST(make_zstd_decoder()->decode(zstd_frame(24), room).consumed > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

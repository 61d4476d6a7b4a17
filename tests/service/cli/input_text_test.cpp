#include "service/cli/exit_code.hpp"
#include "service/cli/import/line_reader.hpp"
#include "tests/support/temporary_directory.hpp"

#include <zlib.h>
#include <zstd.h>
#include <boost/test/unit_test.hpp>

#include <fstream>

namespace firn::cli {
namespace {

std::string zstd_of(const std::string& text) {
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
    return packed;
}

std::string gzip_of(const std::string& text) {
    z_stream stream{};
    BOOST_REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
    std::string source = text;
    stream.next_in = reinterpret_cast<Bytef*>(source.data());
    stream.avail_in = static_cast<uInt>(source.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    BOOST_REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

// Many lines, past every buffer on the way.
std::string many_lines() {
    std::string text;
    for (int i = 0; text.size() < (1u << 20); ++i) {
        text += "{\"n\":" + std::to_string(i * 7919) + "}\n";
    }
    return text;
}

struct Files {
    test::TemporaryDirectory directory;

    std::string write(const std::string& bytes) const {
        const auto path = directory.path() / "input";
        std::ofstream(path, std::ios::binary) << bytes;
        return path.string();
    }
    // All lines, each with a line feed.
    std::string lines_of(const std::string& bytes) const {
        InputText input(write(bytes));
        LineReader reader(input);
        std::string lines;
        while (const auto line = reader.next()) {
            lines.append(line->text).push_back('\n');
        }
        return lines;
    }
    std::string refusal_of(const std::string& bytes) const {
        try {
            static_cast<void>(lines_of(bytes));
        } catch (const CommandFailure& failure) {
            BOOST_TEST((failure.code() == ExitCode::bad_input));
            return failure.what();
        }
        return {};
    }
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_input_files, Files)

BOOST_AUTO_TEST_CASE(when_text_is_plain_or_packed_then_the_same_lines_come_out) {
    const auto text = many_lines();
    BOOST_CHECK(lines_of(text) == text);
    BOOST_CHECK(lines_of(zstd_of(text)) == text);
    BOOST_CHECK(lines_of(gzip_of(text)) == text);
}

BOOST_AUTO_TEST_CASE(when_archives_follow_each_other_then_they_read_as_one_text) {
    BOOST_TEST(lines_of(zstd_of("1\n2") + zstd_of("3\n")) == "1\n23\n");
    BOOST_TEST(lines_of(gzip_of("1\n2") + gzip_of("3\n")) == "1\n23\n");
    BOOST_TEST(lines_of(gzip_of("1\n") + std::string(512, '\0')) == "1\n");
}

BOOST_AUTO_TEST_CASE(when_an_archive_is_cut_anywhere_then_it_is_an_error) {
    const auto text = many_lines().substr(0, 5000);
    for (const auto& [packed, format] :
         {std::pair(zstd_of(text), "zstd"), std::pair(gzip_of(text), "gzip")}) {
        // Shorter than the magic number, it is text, and no JSON.
        for (std::size_t size = 4; size < packed.size(); size += 1 + size / 40) {
            BOOST_TEST_CONTEXT(format << " cut at " << size) {
                BOOST_TEST(contains(refusal_of(packed.substr(0, size)), "ends in the middle"));
            }
        }
        BOOST_TEST(contains(refusal_of(packed.substr(0, packed.size() - 1)), format));
    }
}

BOOST_AUTO_TEST_CASE(when_an_archive_is_damaged_then_it_is_an_error) {
    const auto text = many_lines().substr(0, 5000);
    auto gzip = gzip_of(text);
    gzip[gzip.size() - 6] = static_cast<char>(gzip[gzip.size() - 6] ^ 1);  // of the checksum
    BOOST_TEST(contains(refusal_of(gzip), "damaged"));
    BOOST_TEST(contains(refusal_of(gzip_of(text) + "more"), "damaged"));
    BOOST_TEST(contains(refusal_of(zstd_of(text) + "more"), "damaged"));
}

BOOST_AUTO_TEST_CASE(when_lines_are_blank_or_end_differently_then_numbers_still_count_them) {
    InputText input(write("\xef\xbb\xbf{}\r\n\n  \t\r\nlast"));
    LineReader reader(input);
    const auto first = reader.next();
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(first->number == 1u);
    BOOST_TEST(first->text == "{}\r");
    const auto last = reader.next();
    BOOST_REQUIRE(last.has_value());
    BOOST_TEST(last->number == 4u);
    BOOST_TEST(last->text == "last");
    BOOST_TEST(!reader.next().has_value());
    BOOST_TEST(!reader.next().has_value());
}

BOOST_AUTO_TEST_CASE(when_a_file_is_empty_or_missing_then_it_says_so) {
    BOOST_TEST(lines_of("").empty());
    BOOST_CHECK_THROW(InputText("/nowhere/at/all"), CommandFailure);
    BOOST_CHECK_THROW(
        {
            InputText input(directory.path().string());
            char byte{};
            static_cast<void>(input.read(std::span(&byte, 1)));
        },
        CommandFailure);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli

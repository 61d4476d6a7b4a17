#include "service/cli/import/import_body.hpp"
#include "service/cli/exit_code.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace firn::cli {
namespace {

struct Inputs {
    test::TemporaryDirectory directory;
    std::vector<std::string> warnings;

    std::string write(std::string_view bytes) const {
        const auto path = (directory.path() / "input").string();
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    ForeignBody foreign(std::string_view text) {
        ForeignBody::Form form{"c", {.id = "stream"}, [this](std::string_view sentence) {
                                   warnings.emplace_back(sentence);
                               }};
        return {write(text), std::move(form), nullptr};
    }
};

// Up to its end, or to a failure, whose sentence is appended.
std::string all_of(ImportBody& body) {
    std::string text;
    try {
        for (auto piece = body.next(); !piece.empty(); piece = body.next()) {
            text += piece;
        }
    } catch (const CommandFailure& failure) {
        BOOST_TEST((failure.code() == ExitCode::bad_input));
        text.append("failed: ").append(failure.what());
    }
    return text;
}

std::size_t lines_in(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_file_to_import, Inputs)

BOOST_AUTO_TEST_CASE(when_its_lines_are_foreign_then_they_become_an_exports_with_versions) {
    auto body = foreign(
        "{\"stream\":\"a\",\"type\":\"T\",\"data\":{ \"n\":1.0}}\n"
        "{\"stream\":\"b\\\"c\",\"type\":\"T\",\"data\":2}\n"
        "{\"stream\":\"a\",\"type\":\"U\",\"metadata\":{\"u\":1}}");
    BOOST_TEST(
        all_of(body) ==
        "{\"stream\":{\"category\":\"c\",\"id\":\"a\"},\"version\":1,\"type\":\"T\",\"data\":"
        "{ \"n\":1.0}}\n"
        "{\"stream\":{\"category\":\"c\",\"id\":\"b\\\"c\"},\"version\":1,\"type\":\"T\","
        "\"data\":2}\n"
        "{\"stream\":{\"category\":\"c\",\"id\":\"a\"},\"version\":2,\"type\":\"U\",\"data\":"
        "{},\"metadata\":{\"u\":1}}\n");
    BOOST_TEST(body.streams() == 2u);
    BOOST_TEST(body.input_offset() == *body.input_size());
    BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_CASE(when_lines_are_blank_then_the_others_stay_on_their_lines) {
    auto body =
        foreign("\n \n{\"stream\":\"a\",\"type\":\"T\"}\n\n{\"stream\":\"b\",\"type\":\"T\"}");
    const auto text = all_of(body);
    BOOST_TEST(lines_in(text.substr(0, text.find("\"a\""))) == 2u);
    BOOST_TEST(lines_in(text.substr(0, text.find("\"b\""))) == 4u);
}

BOOST_AUTO_TEST_CASE(when_a_line_is_bad_then_those_before_it_come_first) {
    auto body =
        foreign("{\"stream\":\"a\",\"type\":\"T\"}\n\n{oops\n{\"stream\":\"a\",\"type\":\"T\"}\n");
    const auto text = all_of(body);
    BOOST_TEST(lines_in(text) == 1u);
    BOOST_TEST(text.find("failed: " + body.input_name() + ", line 3: ") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(when_members_are_left_out_then_it_warns_once) {
    auto body = foreign(
        "{\"stream\":\"s\",\"type\":\"T\",\"data\":1,\"at\":1}\n"
        "{\"stream\":\"s\",\"type\":\"T\",\"data\":2,\"at\":1}\n");
    BOOST_TEST(lines_in(all_of(body)) == 2u);
    BOOST_REQUIRE(warnings.size() == 1u);
    BOOST_TEST(warnings[0].find("\"at\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(when_it_is_an_export_then_its_bytes_pass_as_they_are) {
    std::string bytes(1u << 20, 'x');
    for (const auto& [magic, encoding] :
         {std::pair{"\x28\xb5\x2f\xfd", "zstd"}, std::pair{"\x1f\x8b\x08\x01", "gzip"},
          std::pair{"{\"st", ""}}) {
        bytes.replace(0, 4, magic, 4);
        ExportedBody body(write(bytes), nullptr);
        BOOST_TEST(body.encoding() == encoding);
        BOOST_TEST((all_of(body) == bytes));
        BOOST_TEST(body.input_offset() == bytes.size());
    }
    ExportedBody empty(write(""), nullptr);
    BOOST_TEST(empty.encoding() == "");
    BOOST_TEST(all_of(empty) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli

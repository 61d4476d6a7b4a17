#include "service/cli/export/export_file.hpp"
#include "service/cli/exit_code.hpp"
#include "service/cli/export/event_count.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/whole_file.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

namespace firn::cli {
namespace {

struct Directory {
    test::TemporaryDirectory directory;
    std::string path = (directory.path() / "export").string();

    std::string text() const { return test::text_of(path); }
    std::ptrdiff_t files() const {
        return std::distance(std::filesystem::directory_iterator(directory.path()),
                             std::filesystem::directory_iterator());
    }
};

// In pieces of so many bytes.
std::uint64_t counted(ContentEncoding encoding, std::string_view bytes, std::size_t piece) {
    EventCount count(encoding);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        count.add(bytes.substr(at, piece));
    }
    count.finish();
    BOOST_TEST(count.bytes() == bytes.size());
    return count.count();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(given_a_directory_for_an_export, Directory)

BOOST_AUTO_TEST_CASE(when_the_export_is_finished_then_the_file_has_its_name_and_nothing_is_left) {
    ExportFile file(path, false);
    file.write("one");
    BOOST_TEST(!std::filesystem::exists(path));
    file.write("two");
    file.finish();
    BOOST_TEST(text() == "onetwo");
    BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(when_the_export_is_given_up_then_there_is_no_file) {
    { ExportFile(path, false).write("half"); }
    BOOST_TEST(files() == 0);
}

BOOST_AUTO_TEST_CASE(when_a_file_is_there_already_then_only_force_replaces_it_and_only_at_the_end) {
    std::ofstream(path) << "old";
    BOOST_CHECK_THROW(ExportFile(path, false), CommandFailure);
    { ExportFile(path, true).write("half"); }
    BOOST_TEST(text() == "old");
    ExportFile file(path, true);
    file.write("new");
    file.finish();
    BOOST_TEST(text() == "new");
    BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(when_a_file_appears_meanwhile_then_it_stays) {
    ExportFile file(path, false);
    file.write("late");
    std::ofstream(path) << "first";
    BOOST_CHECK_THROW(file.finish(), CommandFailure);
    BOOST_TEST(text() == "first");
}

BOOST_AUTO_TEST_CASE(when_the_name_is_no_files_then_it_is_refused) {
    BOOST_CHECK_THROW(ExportFile(directory.path().string(), true), CommandFailure);
    BOOST_CHECK_THROW(ExportFile("/dev/null", true), CommandFailure);
    BOOST_CHECK_THROW(ExportFile(path + "/below/nothing", false), CommandFailure);
}

BOOST_AUTO_TEST_CASE(when_events_are_counted_then_compression_and_pieces_make_no_difference) {
    std::string lines;
    for (int i = 0; i < 20'000; ++i) {
        lines += "{\"n\":" + std::to_string(i) + "}\n";
    }
    for (const auto encoding :
         {ContentEncoding::identity, ContentEncoding::gzip, ContentEncoding::zstd}) {
        const auto encoder = make_encoder(encoding);
        std::string bytes;
        encoder->encode(lines, bytes);
        encoder->finish(bytes);
        BOOST_TEST(counted(encoding, bytes, bytes.size()) == 20'000u);
        BOOST_TEST(counted(encoding, bytes, 7) == 20'000u);
        BOOST_CHECK_THROW(
            static_cast<void>(counted(encoding, bytes.substr(0, bytes.size() - 3), 4096)),
            CommandFailure);
    }
    BOOST_TEST(counted(ContentEncoding::identity, "", 1) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::cli

// No file names a path of the machine it was written on: the tree means the same everywhere.
#include "tests/architecture/source_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

namespace firn::architecture {
namespace {

// Put together here, so that this file passes its own test.
const std::array machine_paths{std::string("/wo") + "rk/", std::string("/ro") + "ot/"};

bool names_a_machine_path(std::string_view text) {
    for (const auto& path : machine_paths) {
        if (text.find(path) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_all_files_of_the_project)

BOOST_AUTO_TEST_CASE(when_they_are_read_then_none_names_a_path_of_one_machine) {
    for (const auto& file : files_below(source_root())) {
        BOOST_TEST(!names_a_machine_path(text_of(source_root() / file)), file);
    }
}

BOOST_AUTO_TEST_CASE(when_one_did_then_it_would_be_found) {
    BOOST_TEST(names_a_machine_path("data = " + machine_paths.front() + "data"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::architecture

// The layers hold: no include points up. And the rule itself works, or it would hold anything.
#include "tests/architecture/include_rules.hpp"
#include "tests/architecture/source_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace firn::architecture {
namespace {

bool refuses(std::string_view file, std::string_view source) {
    return !violations_in(file, source).empty();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_the_sources_as_they_are)

BOOST_AUTO_TEST_CASE(when_their_includes_are_checked_then_none_points_up) {
    const auto violations = violations_below(source_root());
    for (const auto& [file, include, reason] : violations) {
        BOOST_ERROR(file << " includes " << include << ": " << reason);
    }
    BOOST_TEST(violations.empty());
}

BOOST_AUTO_TEST_CASE(when_they_are_walked_then_every_layer_is_among_them) {
    const auto files = files_below(source_root());
    for (const auto* file :
         {"storage/event_store.hpp", "actors/service.hpp", "service/version.hpp"}) {
        BOOST_TEST(std::ranges::count(files, file) == 1, file);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_a_planted_violation)

BOOST_AUTO_TEST_CASE(when_storage_includes_what_is_above_it_then_it_is_refused) {
    BOOST_TEST(refuses("storage/journal/segment.cpp", "#include \"actors/errors.hpp\"\n"));
    BOOST_TEST(refuses("storage/types.hpp", "#include \"service/version.hpp\"\n"));
    BOOST_TEST(refuses("storage/types.hpp", "#include <boost/asio/awaitable.hpp>\n"));
    BOOST_TEST(refuses("storage/types.hpp", "#include <boost/beast.hpp>\n"));
    BOOST_TEST(refuses("storage/types.hpp", "#include <boost/json/value.hpp>\n"));
}

BOOST_AUTO_TEST_CASE(when_an_actor_includes_the_service_or_http_then_it_is_refused) {
    BOOST_TEST(refuses("actors/service.hpp", "#include \"service/http/session.hpp\"\n"));
    BOOST_TEST(refuses("actors/feed.cpp", "#include <boost/beast/http.hpp>\n"));
}

BOOST_AUTO_TEST_CASE(when_lmdb_is_included_outside_its_folder_then_it_is_refused) {
    BOOST_TEST(refuses("service/cli/verify.cpp", "#include <lmdb.h>\n"));
    BOOST_TEST(refuses("service/cli/verify.cpp", "#include \"storage/lmdb/environment.hpp\"\n"));
    BOOST_TEST(refuses("actors/feed.cpp", "#include <lmdb.h>\n"));
    BOOST_TEST(refuses("storage/event.cpp", "#include <lmdb.h>\n"));
}

BOOST_AUTO_TEST_CASE(when_the_program_includes_a_test_then_it_is_refused) {
    BOOST_TEST(refuses("actors/feed.cpp", "#include \"tests/support/random.hpp\"\n"));
}

BOOST_AUTO_TEST_CASE(when_the_include_is_spaced_oddly_then_it_is_refused_all_the_same) {
    BOOST_TEST(refuses("storage/types.hpp", "  #  include\t\"actors/errors.hpp\""));
    BOOST_TEST(
        refuses("storage/types.hpp", "// first\n#include <vector>\n#include<boost/asio.hpp>"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(given_an_include_that_points_down)

BOOST_AUTO_TEST_CASE(when_it_is_checked_then_it_is_accepted) {
    BOOST_TEST(!refuses("service/routes/streams.cpp", "#include \"actors/service.hpp\"\n"));
    BOOST_TEST(!refuses("service/http/server.cpp", "#include <boost/beast/http.hpp>\n"));
    BOOST_TEST(!refuses("actors/service.hpp", "#include \"storage/event_store.hpp\"\n"));
    BOOST_TEST(!refuses("storage/lmdb/environment.cpp", "#include <lmdb.h>\n"));
    BOOST_TEST(!refuses("tests/support/random.cpp", "#include \"tests/support/random.hpp\"\n"));
}

BOOST_AUTO_TEST_CASE(when_it_only_talks_about_an_include_then_it_is_accepted) {
    BOOST_TEST(!refuses("storage/types.hpp", "// #include \"actors/errors.hpp\" would point up\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::architecture

#include "tests/service/cli/real_history.hpp"

#include "actors/json/scanner.hpp"
#include "service/cli/import/line_reader.hpp"
#include "service/cli/json_layout.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace firn::cli {

namespace {

constexpr std::size_t sample = FIRN_REAL_SAMPLE;

const std::filesystem::path data_directory = FIRN_REAL_DATA;
const std::filesystem::path history_file = data_directory / "vim-history.ndjson.zst";
const std::filesystem::path truth_file = data_directory / "vim-truth.ndjson.zst";

// ctest shows a test that exits so as skipped.
struct SkipWithoutData {
    SkipWithoutData() {
        if (!std::filesystem::exists(history_file) || !std::filesystem::exists(truth_file)) {
            std::printf("skipped: there is no %s\n", history_file.c_str());
            std::fflush(stdout);
            std::_Exit(77);
        }
    }
};
BOOST_TEST_GLOBAL_FIXTURE(SkipWithoutData);

std::size_t elements_of(std::string_view array) {
    JsonScanner scanner(array);
    std::size_t count = 0;
    scanner.enter_array();
    while (scanner.next_element()) {
        scanner.take();
        ++count;
    }
    return scanner.finish() ? count : SIZE_MAX;
}

std::map<std::string, Truth> read_truth() {
    std::map<std::string, Truth> truth;
    std::uint64_t events = 0;
    std::size_t streams = 0;
    InputText input(truth_file.string());
    LineReader lines(input);
    while (const auto line = lines.next()) {
        events += json_count(line->text, "changes");
        ++streams;
        auto id = json_string(line->text, "stream");
        if (line->number % sample == 0 || id == longest_stream) {
            truth[std::move(id)] = {
                json_count(line->text, "changes"), json_count(line->text, "added"),
                json_count(line->text, "deleted"), std::string(json_member(line->text, "lines")),
                json_count(line->text, "authors"), json_string(line->text, "last_commit")};
        }
    }
    BOOST_REQUIRE_EQUAL(events, events_in_all);
    BOOST_REQUIRE_EQUAL(streams, streams_in_all);
    return truth;
}

// The lines of those streams alone.
void write_sample(const std::map<std::string, Truth>& truth, const std::filesystem::path& file) {
    std::ofstream out(file);
    InputText input(history_file.string());
    LineReader lines(input);
    while (const auto line = lines.next()) {
        if (truth.contains(json_string(line->text, "stream"))) {
            out << line->text << '\n';
        }
    }
}

}  // namespace

const RealHistory& real_history() {
    static const test::TemporaryDirectory directory;
    static const auto history = [] {
        RealHistory made{.file = history_file, .truth = read_truth()};
        if (sample > 1) {
            made.file = directory.path() / "sample.ndjson";
            write_sample(made.truth, made.file);
        }
        made.streams = made.truth.size();
        for (const auto& [id, expected] : made.truth) {
            made.events += expected.changes;
        }
        return made;
    }();
    return history;
}

bool agrees(std::string_view state, const Truth& truth) {
    return json_count(state, "changes") == truth.changes &&
           json_count(state, "added") == truth.added &&
           json_count(state, "deleted") == truth.deleted &&
           json_member(state, "lines") == truth.lines &&
           elements_of(json_member(state, "authors")) == truth.authors &&
           json_string(state, "last_commit") == truth.last_commit;
}

}  // namespace firn::cli

// Imports of any length through bounded memory, and bodies made to exceed it.
#include "tests/actors/scripted_store.hpp"
#include "tests/support/import_exchange.hpp"

#include <zstd.h>

namespace firn::test {

namespace {

std::string line(std::size_t number) {
    return R"({"stream":{"category":"order","id":")" + std::to_string(number % 7) +
           R"("},"type":"Happened","data":{"n":)" + std::to_string(number) + "}}\n";
}

std::string refusal(ServedStore& store, const std::string& bytes,
                    ContentEncoding encoding = ContentEncoding::identity) {
    DescribedClient client(store.port());
    return summary(client.post("/v1/import", bytes, import_fields(encoding)));
}

HttpConfig with_lines_of(std::size_t bytes) {
    HttpConfig config;
    config.limits.body_bytes_max = bytes;
    return config;
}

struct ShortLines : ServedStore {
    ShortLines() : ServedStore(with_lines_of(200)) {}

    // A line of that many bytes, its end not counted.
    static std::string of(std::size_t bytes) {
        std::string text = R"({"stream":{"category":"a","id":"1"},"type":"A","data":")";
        text.append(bytes - text.size() - 2, 'x');
        return text + "\"}\n";
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_store_that_counts_its_commits)

BOOST_AUTO_TEST_CASE(when_an_import_is_long_then_it_is_committed_in_batches_of_bounded_size) {
    const auto script = std::make_shared<StoreScript>();
    ServedStore store({}, std::make_unique<ScriptedStore>(script));
    constexpr std::size_t count = 30'000;
    std::string text;
    for (std::size_t i = 0; i != count; ++i) {
        text += line(i);
    }
    BOOST_TEST(summary(import_into(store, text, ContentEncoding::zstd)) ==
               "done lines 30000 appended 30000 skipped 0");
    BOOST_TEST(script->commits() >= count / 2'000);
    const auto events = all_events(store.store());
    BOOST_REQUIRE(events.size() == count);
    for (std::size_t i = 0; i != count; ++i) {
        BOOST_REQUIRE(events[i].event.data == "{\"n\":" + std::to_string(i) + "}");
    }
}

BOOST_AUTO_TEST_CASE(when_events_are_large_then_their_bytes_bound_a_batch) {
    const auto script = std::make_shared<StoreScript>();
    ServedStore store({}, std::make_unique<ScriptedStore>(script));
    std::string text;
    for (int i = 0; i != 10; ++i) {
        text += R"({"stream":{"category":"a","id":"1"},"type":"A","data":")" +
                std::string(900'000, 'x') + "\"}\n";
    }
    BOOST_TEST(summary(import_into(store, text)) == "done lines 10 appended 10 skipped 0");
    BOOST_TEST(script->commits() >= 5u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(given_a_bound_of_200_bytes_a_line, ShortLines)

BOOST_AUTO_TEST_CASE(when_lines_keep_it_then_the_body_may_be_longer) {
    BOOST_TEST(summary(import_into(*this, of(200) + of(200) + of(100))) ==
               "done lines 3 appended 3 skipped 0");
}

BOOST_AUTO_TEST_CASE(when_one_does_not_then_it_is_named_however_it_comes) {
    for (const auto encoding : encodings) {
        BOOST_TEST(refusal(*this, encoded(of(100) + of(201) + of(100), encoding), encoding) ==
                   "too-large line 2 lines 1 appended 1 skipped 0");
        BOOST_TEST(refusal(*this, encoded("\n" + std::string(300, ' '), encoding), encoding) ==
                   "too-large line 2 lines 0 appended 0 skipped 0");
    }
}

BOOST_AUTO_TEST_CASE(when_few_bytes_decode_to_a_line_without_end_then_it_is_not_decoded) {
    const std::string much(64u << 20, '{');
    for (const auto encoding : {ContentEncoding::gzip, ContentEncoding::zstd}) {
        BOOST_TEST(refusal(*this, encoded(much, encoding), encoding) ==
                   "too-large line 1 lines 0 appended 0 skipped 0");
    }
}

BOOST_AUTO_TEST_CASE(when_few_bytes_decode_to_many_blank_lines_then_others_are_served_meanwhile) {
    const auto bytes = encoded(std::string(16u << 20, '\n'), ContentEncoding::zstd);
    BOOST_TEST(refusal(*this, bytes, ContentEncoding::zstd) == "done lines 0 appended 0 skipped 0");
    BOOST_TEST(client.get("/livez").status == 200);
}

BOOST_AUTO_TEST_CASE(when_the_encoding_is_damaged_or_ends_in_the_middle_then_that_is_told) {
    for (const auto encoding : {ContentEncoding::gzip, ContentEncoding::zstd}) {
        const auto whole = encoded(of(100) + of(100), encoding);
        BOOST_TEST(refusal(*this, whole.substr(0, whole.size() - 1), encoding)
                       .starts_with("bad-request line "));
        BOOST_TEST(refusal(*this, of(100), encoding) ==
                   "bad-request line 1 lines 0 appended 0 skipped 0");
        BOOST_TEST(refusal(*this, whole + "x", encoding).starts_with("bad-request line 3 "));
        BOOST_TEST(refusal(*this, whole + whole, encoding) == "done lines 4 appended 4 skipped 0");
    }
    BOOST_TEST(store().stats().events > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

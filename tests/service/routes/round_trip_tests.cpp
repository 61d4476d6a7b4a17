// What an export says, an import brings back: all of it, and once.
#include "tests/service/routes/random_history.hpp"

#include <algorithm>
#include <utility>

namespace firn::test {

namespace {

struct InMemory {
    ServedStore served;
};

// Sends only the first bytes of the body that it announces.
void import_cut(ServedStore& target, const std::string& bytes, std::size_t cut,
                ContentEncoding encoding) {
    HttpClient client(target.port());
    client.send("POST /v1/import HTTP/1.1\r\nHost: localhost\r\n" + import_fields(encoding) +
                "Content-Length: " + std::to_string(bytes.size()) + "\r\n\r\n" +
                bytes.substr(0, cut));
    client.end_sending();
    const auto text = summary(client.read());
    BOOST_TEST(text.starts_with("bad-request"), text);
}

struct Grown {
    explicit Grown(const char* purpose) : random(Random::announced(purpose)) {
        set_categories(source);
        RandomHistory(source, random).grow(60);
        lines = export_of(source);
        events = static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
    }
    [[nodiscard]] std::string done(std::size_t appended, std::size_t skipped) const {
        return "done lines " + std::to_string(appended + skipped) + " appended " +
               std::to_string(appended) + " skipped " + std::to_string(skipped);
    }

    Random random;
    ServedStore source;
    std::string lines;
    std::size_t events = 0;
};

template <class Target>
void check_round_trip(ContentEncoding encoding) {
    Grown grown("round trip");
    Target target;
    set_categories(target.served);
    BOOST_TEST(export_of(grown.source, "", encoding) == grown.lines);
    const HttpReply reply = import_into(target.served, grown.lines, encoding);
    BOOST_TEST(summary(reply) == grown.done(grown.events, 0));
    BOOST_TEST(std::cmp_equal(last_line(reply).at("position").as_int64(), grown.events));
    check_equal(grown.source, target.served);
    BOOST_CHECK(all_states(grown.source) == all_states(target.served));
    BOOST_CHECK(export_of(target.served, "", encoding) == grown.lines);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(given_a_store_with_a_bit_of_everything)

BOOST_AUTO_TEST_CASE(when_its_export_is_imported_then_all_is_the_same) {
    for (const auto encoding : encodings) {
        check_round_trip<InMemory>(encoding);
        check_round_trip<ServedJournal>(encoding);
    }
}

BOOST_AUTO_TEST_CASE(when_it_is_imported_again_then_nothing_changes) {
    Grown grown("repeat");
    ServedJournal target;
    static_cast<void>(import_into(target.served, grown.lines));
    BOOST_TEST(summary(import_into(target.served, grown.lines)) == grown.done(0, grown.events));
    BOOST_TEST(summary(import_into(grown.source, grown.lines)) == grown.done(0, grown.events));
    check_equal(grown.source, target.served);
}

BOOST_AUTO_TEST_CASE(when_an_import_is_cut_anywhere_and_repeated_then_it_ends_the_same) {
    Grown grown("cut");
    for (const auto encoding : encodings) {
        const auto bytes = encoded(grown.lines, encoding);
        for (int round = 0; round != 5; ++round) {
            ServedStore target;
            import_cut(target, bytes, grown.random.below(bytes.size()), encoding);
            const auto there = target.store().stats().events;
            BOOST_TEST(summary(import_into(target, grown.lines, encoding)) ==
                       grown.done(grown.events - there, there));
            check_equal(grown.source, target);
        }
    }
}

BOOST_AUTO_TEST_CASE(when_the_store_got_more_since_then_an_older_export_is_skipped) {
    Grown grown("older export");
    RandomHistory(grown.source, grown.random).grow(20);
    const auto events = grown.source.store().stats().events;
    BOOST_TEST(summary(import_into(grown.source, grown.lines)) == grown.done(0, grown.events));
    BOOST_TEST(grown.source.store().stats().events == events);
}

BOOST_AUTO_TEST_CASE(when_a_newer_export_follows_an_older_one_then_only_the_rest_is_appended) {
    Grown grown("newer export");
    ServedStore target;
    static_cast<void>(import_into(target, grown.lines));
    RandomHistory(grown.source, grown.random).grow(20);
    const auto newer = export_of(grown.source);
    const auto all = static_cast<std::size_t>(std::count(newer.begin(), newer.end(), '\n'));
    BOOST_TEST(summary(import_into(target, newer)) == grown.done(all - grown.events, grown.events));
    check_equal(grown.source, target);
}

BOOST_AUTO_TEST_CASE(when_streams_were_deleted_then_their_stand_ins_are_skipped) {
    Grown grown("deleted");
    static_cast<void>(grown.source.client.request("DELETE", "/v1/streams/tally/1"));
    grown.source.append("tally/kept", R"({"type":"Counted"})");
    BOOST_TEST(grown.source.client.request("DELETE", "/v1/streams/tally/kept").status == 204);
    const auto lines = export_of(grown.source);
    ServedStore target;
    const auto reply = import_into(target, lines);
    BOOST_TEST(last_line(reply).at("done").as_bool());
    BOOST_TEST(last_line(reply).at("skipped").as_int64() > 0);
    check_equal(grown.source, target);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace firn::test

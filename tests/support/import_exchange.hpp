// Imports and exports as a client makes them, for tests; what they bring, to be compared.
// Thread: the test's. Errors: as HttpClient; failed checks for answers that are not lines.
#pragma once

#include "actors/identity/event_id.hpp"
#include "service/encoding/content_encoding.hpp"
#include "storage/journaled/journaled_store.hpp"
#include "tests/support/seen_event.hpp"
#include "tests/support/served_store.hpp"
#include "tests/support/temporary_directory.hpp"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace firn {

inline std::ostream& operator<<(std::ostream& out, ContentEncoding encoding) {
    return out << name_of(encoding);
}

}  // namespace firn

namespace firn::test {

inline constexpr ContentEncoding encodings[] = {ContentEncoding::identity, ContentEncoding::gzip,
                                                ContentEncoding::zstd};

[[nodiscard]] inline std::string encoded(std::string_view text, ContentEncoding encoding) {
    std::string bytes;
    const auto encoder = make_encoder(encoding);
    encoder->encode(text, bytes);
    encoder->finish(bytes);
    return bytes;
}

// All of it at once; throws DamagedEncoding also where the bytes end too soon.
[[nodiscard]] inline std::string decoded(std::string_view bytes, ContentEncoding encoding) {
    std::string text;
    char piece[1000];
    const auto decoder = make_decoder(encoding);
    for (;;) {
        const auto [consumed, produced] = decoder->decode(bytes, piece);
        bytes.remove_prefix(consumed);
        text.append(piece, produced);
        if (consumed == 0 && produced == 0) {
            break;
        }
    }
    if (!bytes.empty() || !decoder->may_end()) {
        throw DamagedEncoding("the end is missing");
    }
    return text;
}

[[nodiscard]] inline std::string import_fields(
    ContentEncoding encoding = ContentEncoding::identity) {
    std::string fields = "Content-Type: application/x-ndjson\r\n";
    if (encoding != ContentEncoding::identity) {
        fields.append("Content-Encoding: ").append(name_of(encoding)).append("\r\n");
    }
    return fields;
}

[[nodiscard]] inline HttpReply import_into(ServedStore& target, std::string_view lines,
                                           ContentEncoding encoding = ContentEncoding::identity) {
    return target.client.post("/v1/import", encoded(lines, encoding), import_fields(encoding));
}

// The last line of an answer to an import, or the problem that is all of it.
[[nodiscard]] inline boost::json::object last_line(const HttpReply& reply) {
    const std::string_view body = reply.body;
    if (!body.ends_with('\n')) {
        return json_of(reply);
    }
    const auto last = body.substr(body.rfind('\n', body.size() - 2) + 1);
    return boost::json::parse(boost::json::string_view(last.data(), last.size())).as_object();
}

// "done 3 appended 2 skipped 1", or "wrong-version line 3 lines 2 appended 2 skipped 0".
[[nodiscard]] inline std::string summary(const HttpReply& reply) {
    const auto last = last_line(reply);
    const auto* const inner = last.if_contains("problem");
    const auto& problem = inner != nullptr ? inner->as_object() : last;
    std::string text = "done";
    if (const auto* const type = problem.if_contains("type")) {
        text = std::string(type->as_string()).substr(std::string_view("urn:firn:problem:").size());
        text += " line " + boost::json::serialize(problem.at("line"));
    } else {
        BOOST_TEST(last.at("done").as_bool());
    }
    for (const auto* name : {"lines", "appended", "skipped"}) {
        text.append(" ").append(name).append(" ").append(boost::json::serialize(last.at(name)));
    }
    return text;
}

[[nodiscard]] inline std::string export_of(ServedStore& source, const std::string& query = {},
                                           ContentEncoding encoding = ContentEncoding::identity) {
    std::string fields;
    if (encoding != ContentEncoding::identity) {
        fields.append("Accept-Encoding: ").append(name_of(encoding)).append("\r\n");
    }
    const auto reply = source.client.get("/v1/export" + query, fields);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.header("Content-Encoding") ==
               (encoding == ContentEncoding::identity ? "" : name_of(encoding)));
    return decoded(reply.body, encoding);
}

// Everything in the global order, without stand-ins; positions count what is listed.
[[nodiscard]] inline std::vector<SeenEntry> all_events(EventStore& store) {
    std::vector<SeenEntry> all;
    FeedQuery query;
    query.limit = 1'000;
    for (;;) {
        const auto page = store.feed(query);
        BOOST_REQUIRE(page.has_value());
        for (auto& entry : seen(*page)) {
            if (entry.kind == FeedEvent::Kind::event) {
                entry.event.id_from_client = true;  // an export does not tell
                all.push_back(std::move(entry));
                all.back().event.position = Position{all.size()};
            }
        }
        if (page->next_after >= page->head) {
            return all;
        }
        query.after = page->next_after;
    }
}

// "order/7 3 <chain hash>" for each stream.
[[nodiscard]] inline std::vector<std::string> all_streams(EventStore& store) {
    std::vector<std::string> all;
    const auto list = store.list({.limit = 100'000});
    BOOST_REQUIRE(list.has_value());
    for (const auto& facts : list->streams) {
        std::string text = facts.stream.category + "/" + facts.stream.id + " " +
                           std::to_string(facts.version.value()) + " ";
        for (const auto byte : facts.chain_hash) {
            text += "0123456789abcdef"[std::to_integer<unsigned>(byte) / 16];
            text += "0123456789abcdef"[std::to_integer<unsigned>(byte) % 16];
        }
        all.push_back(std::move(text));
    }
    return all;
}

inline void check_equal(ServedStore& one, ServedStore& other) {
    const auto streams = all_streams(one.store());
    const auto others = all_streams(other.store());
    BOOST_CHECK_EQUAL_COLLECTIONS(streams.begin(), streams.end(), others.begin(), others.end());
    BOOST_CHECK(all_events(one.store()) == all_events(other.store()));
}

// A store on disk, served.
struct ServedJournal {
    TemporaryDirectory directory;
    ServedStore served{{}, open()};

    std::unique_ptr<EventStore> open() const {
        JournaledConfig config;
        config.directory = directory.path();
        config.segment_bytes = 4u << 20;
        return open_journaled_store(std::move(config));
    }
};

}  // namespace firn::test

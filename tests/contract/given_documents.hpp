// The contract suite's words for documents: what one puts, erases, gets and lists.
// Thread: one. Errors: failed checks.
#pragma once

#include "tests/contract/given_a_store.hpp"
#include "tests/support/answer.hpp"

namespace firn::test {

struct GivenDocuments : GivenAStore {
    DocumentStore& documents() { return store().documents(); }

    error_code put_error(DocumentKind kind, const std::string& key, const std::string& text) {
        const Answer answer;
        documents().put(kind, key, text, answer.done());
        return answer.wait();
    }
    void put(const std::string& key, const std::string& text,
             DocumentKind kind = DocumentKind::category) {
        const auto error = put_error(kind, key, text);
        BOOST_REQUIRE_MESSAGE(!error, error.message());
    }
    void erase(const std::string& key, DocumentKind kind = DocumentKind::category) {
        const Answer answer;
        documents().erase(kind, key, answer.done());
        BOOST_REQUIRE(!answer.wait());
    }
    // "(none)": there is none.
    std::string text(const std::string& key, DocumentKind kind = DocumentKind::category) {
        const auto found = documents().get(kind, key);
        BOOST_REQUIRE_MESSAGE(found.has_value(), found.error().message());
        return found->value_or("(none)");
    }
    // "key=text key=text "
    std::string listed(std::string_view after = {}, std::uint32_t limit = 1000,
                       DocumentKind kind = DocumentKind::category) {
        const auto found = documents().list(kind, after, limit);
        BOOST_REQUIRE_MESSAGE(found.has_value(), found.error().message());
        std::string all;
        for (const auto& [key, text] : *found) {
            all += key + "=" + text + " ";
        }
        return all;
    }
};

}  // namespace firn::test

#include "actors/json/canonical.hpp"

#include "actors/json/number.hpp"
#include "actors/json/value.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <new>
#include <vector>

namespace firn {

namespace json = boost::json;

namespace {

void write_array(std::string& out, const json::array& array) {
    out += '[';
    for (bool first = true; const auto& element : array) {
        if (!first) {
            out += ',';
        }
        first = false;
        write_canonical(out, element);
    }
    out += ']';
}

void write_object(std::string& out, const json::object& object) {
    std::vector<const json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object) {
        members.push_back(&member);
    }
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return utf16_less(a->key(), b->key()); });
    out += '{';
    for (bool first = true; const auto* member : members) {
        if (!first) {
            out += ',';
        }
        first = false;
        write_json_string(out, member->key());
        out += ':';
        write_canonical(out, member->value());
    }
    out += '}';
}

}  // namespace

void write_canonical(std::string& out, const json::value& value) {
    switch (value.kind()) {
        case json::kind::array: write_array(out, value.get_array()); break;
        case json::kind::object: write_object(out, value.get_object()); break;
        case json::kind::double_: write_canonical_double(out, value.get_double()); break;
        default: write_json(out, value);
    }
}

Hash state_hash(const json::value& value) {
    std::string text;
    write_canonical(text, value);
    Hash hash;
    if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(hash.data()), nullptr,
                   EVP_sha256(), nullptr) != 1) {
        throw std::bad_alloc();
    }
    return hash;
}

bool utf16_less(std::string_view a, std::string_view b) noexcept {
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (in_a == a.end() || in_b == b.end()) {
        return in_a == a.end() && in_b != b.end();
    }
    // The order of UTF-8 bytes is that of code points. In UTF-16 those past U+FFFF (F0 and up)
    // start with a surrogate, D800 to DFFF, and so come before U+E000 to U+FFFF (EE and EF).
    const auto rank = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == 0xEE || byte == 0xEF ? byte + 0x10u : byte;
    };
    return rank(*in_a) < rank(*in_b);
}

}  // namespace firn

// The keys of the LMDB tables. Numbers are big-endian, so that byte order is their order.
// Thread: plain functions.
#pragma once

#include "storage/bytes.hpp"
#include "storage/document_store.hpp"
#include "storage/types.hpp"

#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace firn::lmdb {

// A key of one or two numbers, without a heap allocation.
template <std::size_t N>
class NumberKey {
public:
    explicit NumberKey(std::array<std::uint64_t, N> numbers) noexcept {
        for (std::size_t i = 0; i < N; ++i) {
            const auto swapped = __builtin_bswap64(numbers[i]);
            std::memcpy(bytes_.data() + i * 8, &swapped, 8);
        }
    }
    // NOLINTNEXTLINE(google-explicit-constructor): a key is bytes wherever it is used
    operator std::string_view() const noexcept { return {bytes_.data(), bytes_.size()}; }

private:
    std::array<char, N * 8> bytes_;
};

inline NumberKey<1> stream_key(StreamNumber stream) noexcept {
    return NumberKey<1>({stream.value()});
}
inline NumberKey<2> chunk_key(StreamNumber stream, Version first) noexcept {
    return NumberKey<2>({stream.value(), first.value()});
}
inline NumberKey<2> snapshot_key(StreamNumber stream, Version version) noexcept {
    return NumberKey<2>({stream.value(), version.value()});
}
inline NumberKey<1> position_key(Position position) noexcept {
    return NumberKey<1>({position.value()});
}
inline NumberKey<2> id_block_key(StreamNumber stream, std::uint64_t bucket) noexcept {
    return NumberKey<2>({stream.value(), bucket});
}

inline std::uint64_t key_number(std::string_view key, std::size_t index) noexcept {
    ByteReader in(key);
    in.take(index * 8);
    return in.take_big_endian();
}

// category, zero, id: neither part can hold a zero, so names sort by category, then id, and no
// name is a prefix of another category's.
inline std::string name_key(std::string_view category, std::string_view id) {
    std::string key;
    key.reserve(category.size() + 1 + id.size());
    key.append(category);
    key.push_back('\0');
    key.append(id);
    return key;
}
inline std::string name_key(const StreamName& name) {
    return name_key(name.category, name.id);
}

// The kind, then the document's own key.
inline std::string document_key(DocumentKind kind, std::string_view document) {
    std::string key(1, static_cast<char>(kind));
    key.append(document);
    return key;
}

}  // namespace firn::lmdb

#include "actors/json/name_stack.hpp"

#include <algorithm>
#include <cstring>

namespace firn {

namespace {

std::uint64_t load(const char* p, std::size_t size) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, p, size);
    return word;
}

// Looks at the first and last eight bytes only: names that differ elsewhere share a tag and are
// compared in full.
std::uint32_t tag_of(std::string_view name) noexcept {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    if (name.size() >= 8) {
        head = load(name.data(), 8);
        tail = load(name.data() + name.size() - 8, 8);
    } else if (name.size() >= 4) {
        head = load(name.data(), 4);
        tail = load(name.data() + name.size() - 4, 4);
    } else if (!name.empty()) {
        head = load(name.data(), 1);
        tail = load(name.data() + name.size() / 2, 1) << 8 | load(&name.back(), 1);
    }
    // An odd constant spreads every bit to the upper half, which is kept.
    constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;
    return static_cast<std::uint32_t>(((head ^ name.size()) * spread + tail) * spread >> 32);
}

}  // namespace

bool NameStack::push(std::size_t first, std::string_view name, std::size_t offset) {
    const Name added{name.data(), static_cast<std::uint32_t>(name.size()), tag_of(name),
                     static_cast<std::uint32_t>(offset)};
    const auto count = names_.size() - first;
    bool repeated = false;
    if (count < few) {
        const Name* const names = names_.data() + first;
        for (std::size_t i = 0; i < count; ++i) {
            if (names[i].tag == added.tag && names[i].text() == name) {
                repeated = true;
                break;
            }
        }
    }
    names_.push_back(added);
    return !repeated;
}

std::optional<NameStack::Name> NameStack::pop_to(std::size_t first) {
    std::optional<Name> repeated;
    if (names_.size() - first > few) {
        repeated = find_repeated(first);
    }
    names_.resize(first);
    return repeated;
}

std::optional<NameStack::Name> NameStack::find_repeated(std::size_t first) {
    const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, names_.end(), [](const Name& a, const Name& b) {
        if (a.tag != b.tag) {
            return a.tag < b.tag;
        }
        const auto order = a.text().compare(b.text());
        return order != 0 ? order < 0 : a.offset < b.offset;
    });
    std::optional<Name> repeated;
    for (auto i = begin; i != names_.end() && i + 1 != names_.end(); ++i) {
        const Name& later = i[1];
        if (i->tag == later.tag && i->text() == later.text() &&
            (!repeated || later.offset < repeated->offset)) {
            repeated = later;
        }
    }
    return repeated;
}

}  // namespace firn

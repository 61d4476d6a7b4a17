// The member names of the objects that are open during a scan, to refuse a name that occurs twice.
//
// One stack for all levels: an open object's names lie above those of the object around it. Up to
// `few` names are compared as they come; a larger object's names are sorted when it ends, which
// takes n log n steps whatever the names are, so that no choice of names can make a scan slow.
// Thread: plain value, one thread. Errors: none.
#pragma once

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>

namespace firn {

class NameStack {
public:
    static constexpr std::size_t few = 16;

    struct Name {
        const char* data;
        std::uint32_t size;
        std::uint32_t tag;     // equal names have equal tags
        std::uint32_t offset;  // in the scanned text

        [[nodiscard]] std::string_view text() const noexcept { return {data, size}; }
    };

    [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
    [[nodiscard]] std::string_view operator[](std::size_t i) const { return names_[i].text(); }

    // A name with escapes is decoded before it comes here; keep() makes it live as long as the
    // stack does.
    std::string_view keep(std::string decoded) {
        return decoded_.emplace_front(std::move(decoded));
    }

    // Adds a name of the object whose names start at `first`. False: it is there already (the
    // name is on the stack all the same).
    bool push(std::size_t first, std::string_view name, std::size_t offset);

    // Removes the names of the object that starts at `first`; returns one that occurs twice.
    std::optional<Name> pop_to(std::size_t first);

private:
    std::optional<Name> find_repeated(std::size_t first);

    boost::container::small_vector<Name, 32> names_;
    std::forward_list<std::string> decoded_;
};

}  // namespace firn

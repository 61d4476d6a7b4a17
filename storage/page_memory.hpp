// Keeps the bytes that a page's events view.
// Thread: as the page. Errors: none but std::bad_alloc.
#pragma once

#include "storage/types.hpp"

#include <cstdlib>
#include <forward_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace firn {

class PageMemory {
public:
    // Copies the bytes; the copy lives as long as the page.
    std::string_view copy(std::string_view bytes);
    // For somebody to fill, likewise.
    [[nodiscard]] char* make_room(std::size_t bytes);
    const StreamName& keep(StreamName name) { return names_.emplace_front(std::move(name)); }
    // Shares ownership of memory that somebody else filled.
    void share(std::shared_ptr<const void> owner) { owners_.push_back(std::move(owner)); }

    // Forgets all that it keeps, but not where it kept it.
    void clear() noexcept;

private:
    struct Free {
        void operator()(char* bytes) const noexcept { std::free(bytes); }
    };
    struct Block {
        std::unique_ptr<char[], Free> bytes;
        std::size_t size = 0;
    };

    void next_block(std::size_t bytes);

    std::vector<Block> blocks_;
    std::size_t blocks_used_ = 0;  // the last of them is being filled
    std::size_t used_ = 0;         // of it
    std::size_t free_ = 0;         // of it
    std::forward_list<StreamName> names_;
    std::vector<std::shared_ptr<const void>> owners_;
};

}  // namespace firn

// Heap memory for one state's values that knows how much of it is in use, so that a state's size
// is known at any time without a walk over it.
// Thread: plain value, one thread. Errors: std::bad_alloc.
#pragma once

#include <boost/assert.hpp>
#include <boost/core/ignore_unused.hpp>
#include <boost/json/memory_resource.hpp>

#include <cstddef>
#include <new>

namespace firn {

class CountingResource final : public boost::json::memory_resource {
public:
    CountingResource() = default;
    CountingResource(const CountingResource&) = delete;
    CountingResource& operator=(const CountingResource&) = delete;

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    // What the allocator keeps beside a block and loses by rounding, about.
    static constexpr std::size_t block_overhead = 16;

    void* do_allocate(std::size_t size, std::size_t alignment) override {
        // Values ask for the alignment of a pointer; the plain operator is the faster one.
        BOOST_ASSERT(alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
        boost::ignore_unused(alignment);
        void* const block = ::operator new(size);
        bytes_ += size + block_overhead;
        return block;
    }
    void do_deallocate(void* block, std::size_t size, std::size_t /*alignment*/) override {
        ::operator delete(block, size);
        bytes_ -= size + block_overhead;
    }
    bool do_is_equal(const boost::json::memory_resource& other) const noexcept override {
        return this == &other;
    }

    std::size_t bytes_ = 0;
};

}  // namespace firn

// What a crash would leave of an open store's directory.
// Thread: the one that commits. Errors: throws what copying does.
#pragma once

#include "storage/event_store.hpp"

#include <exception>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <thread>

namespace firn::test {

// The copy is made by the thread that writes the store's file, between two transactions: of a file
// that is being written it would be of no moment at all. A write that changes nothing takes it
// there.
inline void copy_as_a_crash_leaves_it(EventStore& store, const std::filesystem::path& from,
                                      const std::filesystem::path& to) {
    std::promise<void> copied;
    const auto caller = std::this_thread::get_id();
    store.documents().erase(DocumentKind::category, "no such category", [&](error_code error) {
        try {
            if (std::this_thread::get_id() == caller) {
                throw std::runtime_error("the store takes no writes: " + error.message());
            }
            std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
            copied.set_value();
        } catch (...) {
            copied.set_exception(std::current_exception());
        }
    });
    copied.get_future().get();
}

}  // namespace firn::test
